import type { ConnectionStatus, LocalMessage } from '../client/state.js';
import type { ChatError } from '../errors.js';
import type { Attachment, Message } from '../protocol.js';
import type { TransportName } from '../transport/transport.js';

/** An event that leaves the shadow roots it was fired in. */
class ChatEvent extends Event {
  constructor(name: string, cancelable = false) {
    super(name, { bubbles: true, composed: true, cancelable });
  }
}

/** Before a message leaves the composer. `preventDefault()` keeps the text there and sends nothing. */
export class ChatMessageSendEvent extends ChatEvent {
  constructor(
    /** The channel it would go to, as `type:id`. */
    readonly cid: string,
    readonly text: string,
    /** The files that go with it, uploaded already. */
    readonly attachments: readonly Attachment[] = [],
  ) {
    super('chat-message-send', true);
  }
}

/** What a visitor can do with a message. */
export type MessageAction = 'reply' | 'copy' | 'edit' | 'delete' | 'react';

/** Before something is done with a message. `preventDefault()` keeps it from being done. */
export class ChatMessageActionEvent extends ChatEvent {
  constructor(
    readonly cid: string,
    readonly action: MessageAction,
    readonly message: LocalMessage,
    /** The type of a reaction; undefined for any other action. */
    readonly reaction?: string,
  ) {
    super('chat-message-action', true);
  }
}

/** The server took a message of this visitor. */
export class ChatMessageSentEvent extends ChatEvent {
  constructor(
    readonly cid: string,
    readonly message: LocalMessage,
  ) {
    super('chat-message-sent');
  }
}

/** A message of somebody else arrived, in any channel of the session. */
export class ChatMessageNewEvent extends ChatEvent {
  constructor(
    readonly cid: string,
    readonly message: Message,
  ) {
    super('chat-message-new');
  }
}

/** Something went wrong that the visitor sees in calm words; `error` says it for the page's author. */
export class ChatErrorEvent extends ChatEvent {
  constructor(readonly error: ChatError) {
    super('chat-error');
  }
}

/** The connection changed in a way that a visitor is told of, or what carries it changed. */
export class ChatConnectionChangeEvent extends ChatEvent {
  constructor(
    readonly status: ConnectionStatus,
    /** Undefined while nothing carries the events. */
    readonly transport: TransportName | undefined,
  ) {
    super('chat-connection-change');
  }
}

/** The visitor chose a channel. `preventDefault()` keeps the session from opening it. */
export class ChatChannelSelectEvent extends ChatEvent {
  constructor(readonly cid: string) {
    super('chat-channel-select', true);
  }
}

/** The visitor wants to go back from a channel to the list. */
export class ChatBackEvent extends ChatEvent {
  constructor() {
    super('chat-back');
  }
}

declare global {
  interface HTMLElementEventMap {
    'chat-message-send': ChatMessageSendEvent;
    'chat-message-action': ChatMessageActionEvent;
    'chat-message-sent': ChatMessageSentEvent;
    'chat-message-new': ChatMessageNewEvent;
    'chat-error': ChatErrorEvent;
    'chat-connection-change': ChatConnectionChangeEvent;
    'chat-channel-select': ChatChannelSelectEvent;
    'chat-back': ChatBackEvent;
  }
}
