import { css } from 'lit';

/** Icons and ticks (`icon` in parts/icons.ts, `ticks` in parts/ticks.ts). */
export const icons = css`
  svg {
    display: block;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .i {
    inline-size: 20px;
    block-size: 20px;
    stroke-width: 1.6;
  }
  .s16 {
    inline-size: 16px;
    block-size: 16px;
    stroke-width: 1.9;
  }
  .ticks {
    block-size: 12px;
    stroke-width: 1.35;
    opacity: 0.8;
  }
  .ticks.read {
    stroke-width: 1.75;
    opacity: 1;
  }
`;
