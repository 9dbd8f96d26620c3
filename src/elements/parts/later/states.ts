import { css } from 'lit';
import { icons } from '../../../styles/icons.js';
import { bannerStyles } from './banner.js';
import { problemStyles } from './problem.js';
import { refusedStyles } from './refused.js';

export { banner } from './banner.js';
export { insteadOfChannels, insteadOfMessages, noChannelOpen } from './list-states.js';
export { channelProblem, sessionProblem } from './problem.js';
export { failure, note, olderFailed, readOnly } from './refused.js';

export const styles = css`
  ${icons}
  ${problemStyles}
  ${bannerStyles}
  ${refusedStyles}
`;
