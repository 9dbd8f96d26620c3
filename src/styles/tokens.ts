import { css } from 'lit';

/**
 * The design tokens, declared on the host of `<chat-session>` and inherited by everything in it. A page
 * overrides any of them on the element itself, since outer styles win over `:host`.
 *
 * The knobs (`--chat-accent`, `--chat-font`, `--chat-font-size`, `--chat-radius`, `--chat-density`,
 * `--chat-tint`) are only read, never declared, so they may stand on any ancestor. The
 * others are fragments of a relative colour: the accent's chroma for greys and for texts (`--_k`, `--_light`,
 * `--_dark`, `--_text`), its lightness capped per hue so that white text keeps a contrast of 4.5 (`--_l`),
 * and 1 where the accent is so light that it carries ink (`--_ink`).
 */
export const tokens = css`
  :host {
    --_a: var(--chat-accent, oklch(0.53 0.19 264));
    --_k: min(c, 0.12) * var(--chat-tint, 1);
    --_light: calc(var(--_k) * 0.05) h;
    --_dark: calc(var(--_k) * 0.09) h;
    --_text: calc(var(--_k) * 0.14) h;
    --_l: min(l, 0.535 + min(c, 0.15) * 0.2 * cos((h - 350) * 1deg));
    --_ink: clamp(0, (l - 0.76) * 1000, 1);
    --_d: var(--chat-density, 1);

    --chat-accent-fill: oklch(from var(--_a) calc(var(--_l) + var(--_ink) * (l - var(--_l))) c h);
    --chat-accent-fill-hover: oklch(
      from var(--_a) calc(var(--_l) - 0.04 + var(--_ink) * (l + 0.08 - var(--_l))) c h
    );
    --chat-on-accent: oklch(from var(--_a) calc(1 - var(--_ink) * 0.82) 0 h);
    --chat-accent-text: light-dark(
      oklch(from var(--_a) min(l, 0.455) c h),
      oklch(from var(--_a) clamp(0.78, l, 0.9) min(c, 0.12) h)
    );
    --chat-accent-soft: light-dark(
      oklch(from var(--_a) 0.95 min(c * 0.14, 0.03) h),
      oklch(from var(--_a) 0.305 min(c * 0.35, 0.06) h)
    );
    --chat-accent-line: light-dark(
      oklch(from var(--_a) 0.83 min(c * 0.5, 0.085) h),
      oklch(from var(--_a) 0.47 min(c * 0.6, 0.1) h)
    );

    --chat-surface: light-dark(#fff, oklch(from var(--_a) 0.195 var(--_dark)));
    --chat-sunken: light-dark(
      oklch(from var(--_a) 0.98 var(--_light)),
      oklch(from var(--_a) 0.17 var(--_dark))
    );
    --chat-raised: light-dark(#fff, oklch(from var(--_a) 0.245 var(--_dark)));
    --chat-other-bg: light-dark(
      oklch(from var(--_a) 0.956 var(--_light)),
      oklch(from var(--_a) 0.268 var(--_dark))
    );
    --chat-fill: light-dark(
      oklch(from var(--_a) 0.945 var(--_light)),
      oklch(from var(--_a) 0.255 var(--_dark))
    );
    --chat-fill-hover: light-dark(
      oklch(from var(--_a) 0.92 var(--_light)),
      oklch(from var(--_a) 0.305 var(--_dark))
    );
    --chat-line: light-dark(
      oklch(from var(--_a) 0.915 var(--_light)),
      oklch(from var(--_a) 0.285 var(--_dark))
    );

    --chat-field-line: light-dark(
      oklch(from var(--_a) 0.86 var(--_light)),
      oklch(from var(--_a) 0.35 var(--_dark))
    );

    --chat-text: light-dark(
      oklch(from var(--_a) 0.235 var(--_text)),
      oklch(from var(--_a) 0.94 var(--_light))
    );
    --chat-text-2: light-dark(
      oklch(from var(--_a) 0.45 var(--_text)),
      oklch(from var(--_a) 0.775 var(--_light))
    );
    --chat-text-3: light-dark(
      oklch(from var(--_a) 0.505 var(--_text)),
      oklch(from var(--_a) 0.71 var(--_light))
    );

    --chat-danger: light-dark(oklch(0.51 0.19 25), oklch(0.78 0.12 22));
    --chat-danger-soft: light-dark(oklch(0.957 0.02 20), oklch(0.29 0.055 22));
    --chat-warning: light-dark(oklch(0.5 0.1 78), oklch(0.84 0.12 84));
    --chat-warning-soft: light-dark(oklch(0.962 0.042 88), oklch(0.3 0.045 78));
    --chat-online: light-dark(oklch(0.595 0.16 150), oklch(0.75 0.17 152));

    --chat-own-bg: var(--chat-accent-fill);
    --chat-own-text: var(--chat-on-accent);
    --chat-other-text: var(--chat-text);

    --chat-font-family: var(--chat-font, inherit);
    --chat-size-xs: calc(var(--chat-size-lg) * 0.7333);
    --chat-size-sm: calc(var(--chat-size-lg) * 0.8);
    --chat-size-md: calc(var(--chat-size-lg) * 0.8667);
    --chat-size-lg: var(--chat-font-size, max(15px, 0.9375rem));
    --chat-size-xl: calc(var(--chat-size-lg) * 1.1333);
    --chat-leading-ui: 1.3;

    --chat-space-1: calc(4px * var(--_d));
    --chat-space-2: calc(8px * var(--_d));
    --chat-space-3: calc(12px * var(--_d));
    --chat-space-4: calc(16px * var(--_d));

    --chat-bar: 60px;
    --chat-control: 36px;
    --chat-hit: 0px;
    --chat-avatar-list: 44px;
    --chat-avatar-message: 30px;
    --chat-content: 760px;
    --chat-bubble-max: min(82%, 540px);
    --chat-list-pane: clamp(264px, 27cqi, 330px);

    --chat-radius-bubble: var(--chat-radius, 18px);
    --chat-radius-joint: min(5px, var(--chat-radius-bubble));
    --chat-radius-control: min(10px, calc(var(--chat-radius-bubble) * 0.6));
    --chat-radius-field: min(22px, calc(var(--chat-radius-bubble) * 1.23));

    --chat-shadow-2:
      0 0 0 1px light-dark(#00000012, #ffffff17), 0 2px 4px light-dark(#0000000a, #00000040),
      0 8px 24px light-dark(#0000001c, #0000006b);

    --chat-time-1: 90ms;
    --chat-time-2: 160ms;
    --chat-time-3: 240ms;
    --chat-ease: cubic-bezier(0.2, 0.8, 0.2, 1);
    --chat-shift: 1;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([theme='auto']) {
    color-scheme: light dark;
  }
  @media (pointer: coarse) {
    :host {
      --chat-control: 44px;
      --chat-hit: 9px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    :host {
      --chat-time-1: 0.01ms;
      --chat-time-2: 80ms;
      --chat-time-3: 80ms;
      --chat-shift: 0;
    }
  }
  @media (prefers-contrast: more) {
    :host {
      --chat-line: var(--chat-text-3);
      --chat-field-line: var(--chat-text-3);
      --chat-accent-line: var(--chat-accent-text);
      --chat-text-2: var(--chat-text);
      --chat-text-3: light-dark(oklch(0.38 0 0), oklch(0.86 0 0));
    }
  }
  /* The browser replaces all other colours itself. */
  @media (forced-colors: active) {
    :host {
      --chat-online: CanvasText;
    }
  }
`;
