/** When, or by whom, an own message was read. */
export const words = {
  readAt: (time: string) => `Read ${time}`,
  readBy: (names: string[], others: number) =>
    `Read by ${names.join(', ')}${others ? `, ${others} more` : ''}`,
};
