import { html, nothing, type TemplateResult } from 'lit';
import type { Channel } from '../client/channel.js';
import { ChannelSlice, ClientSlice } from '../context.js';
import { base } from '../styles/base.js';
import { header } from '../styles/channel-header.js';
import { controls } from '../styles/controls.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { ChatBackEvent } from './events.js';
import { avatar } from './parts/avatar.js';
import { channelFace, otherPerson } from './parts/channel-view.js';
import { fields } from './parts/fields.js';
import { BACK, icon } from './parts/icons.js';

/**
 * Names the nearest channel: picture, title, and who is in it. Outside a channel only the way back is left.
 *
 * @tag channel-header
 * @slot actions - Buttons at the end.
 * @event {ChatBackEvent} chat-back - The visitor wants to go back to the list.
 * @csspart header - Everything.
 * @csspart back - The back button.
 * @csspart icon-button - Any button with an icon alone.
 * @csspart avatar - The picture.
 * @csspart presence - The dot of a person who is online.
 * @csspart header-title - The channel's name.
 * @csspart header-subtitle - The line under it.
 * @csspart header-actions - Around the slot.
 * @csspart status-quiet - In the subtitle: updates come by polling.
 */
export class ChannelHeaderElement extends ChatElement {
  static override styles = [base, controls, header];

  static override properties = { back: { type: Boolean } };

  /** Shows a back button where the session is too narrow for two panes. */
  back = false;

  #channel = new ChannelSlice(this, fields('data', 'members'));
  #connection = new ClientSlice(this, (state) => state.connection);

  override render(): TemplateResult | typeof nothing {
    const { holder: channel, value: state } = this.#channel;
    if (!channel && !this.back) return nothing;
    const go = () => this.dispatchEvent(new ChatBackEvent());
    return html`<div part="header">
      ${
        this.back
          ? html`<button part="back icon-button" aria-label=${this.terms.back} @click=${go}>
              ${icon(BACK, 'flip')}
            </button>`
          : nothing
      }${channel && state?.data ? this.#names(channel) : channel ? skeleton : nothing}
      <div part="header-actions"><slot name="actions"></slot></div>
    </div>`;
  }

  #names(channel: Channel): TemplateResult {
    const { person, ...face } = channelFace(channel.state.value, channel.client.userId, this.terms);
    return html`${avatar(face, { square: !person, short: !person, online: person?.online === true })}
      <div class="text">
        <h2 part="header-title" class="truncate" dir="auto">${face.name}</h2>
        <div part="header-subtitle" class="truncate" dir="auto">${this.#subtitle(channel)}</div>
      </div>`;
  }

  #subtitle({ client, state }: Channel): TemplateResult | string {
    const { terms } = this;
    const { status, transport } = this.#connection.value ?? {};
    if (status === 'live' && transport === 'longpoll')
      return html`<span part="status-quiet">${terms.polling}</span>`;
    const person = otherPerson(state.value, client.userId);
    if (person) return person.online ? terms.online : '';
    const { members, data } = state.value;
    const total = data?.member_count ?? members.length;
    return total ? terms.members(total, members.filter(({ user }) => user?.online).length) : '';
  }
}

const skeleton = html`<div class="text late">
  <div class="skeleton"></div>
  <div class="skeleton"></div>
</div>`;

define('channel-header', ChannelHeaderElement);

declare global {
  interface HTMLElementTagNameMap {
    'channel-header': ChannelHeaderElement;
  }
}
