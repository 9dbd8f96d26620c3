// Contract first; bodies follow.
