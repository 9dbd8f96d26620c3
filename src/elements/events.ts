import type { ConnectionStatus, LocalMessage } from '../client/state.js';
import type { ChatError } from '../errors.js';
import type { Message } from '../protocol.js';
import type { TransportName } from '../transport/transport.js';

const OUT = { bubbles: true, composed: true };

/** Before a message leaves the composer. `preventDefault()` keeps the text there and sends nothing. */
export class ChatMessageSendEvent extends Event {
  static readonly eventName = 'chat-message-send';
  /** The channel it would go to, as `type:id`. */
  readonly cid: string;
  readonly text: string;

  constructor(cid: string, text: string) {
    super(ChatMessageSendEvent.eventName, { ...OUT, cancelable: true });
    this.cid = cid;
    this.text = text;
  }
}

/** The server took a message of this visitor. */
export class ChatMessageSentEvent extends Event {
  static readonly eventName = 'chat-message-sent';
  readonly cid: string;
  readonly message: LocalMessage;

  constructor(cid: string, message: LocalMessage) {
    super(ChatMessageSentEvent.eventName, OUT);
    this.cid = cid;
    this.message = message;
  }
}

/** A message of somebody else arrived, in any channel of the session. */
export class ChatMessageNewEvent extends Event {
  static readonly eventName = 'chat-message-new';
  readonly cid: string;
  readonly message: Message;

  constructor(cid: string, message: Message) {
    super(ChatMessageNewEvent.eventName, OUT);
    this.cid = cid;
    this.message = message;
  }
}

/** Something went wrong that the visitor sees in calm words; `error` says it for the page's author. */
export class ChatErrorEvent extends Event {
  static readonly eventName = 'chat-error';
  readonly error: ChatError;

  constructor(error: ChatError) {
    super(ChatErrorEvent.eventName, OUT);
    this.error = error;
  }
}

/** The connection changed in a way that a visitor is told of, or what carries it changed. */
export class ChatConnectionChangeEvent extends Event {
  static readonly eventName = 'chat-connection-change';
  readonly status: ConnectionStatus;
  /** Undefined while nothing carries the events. */
  readonly transport: TransportName | undefined;

  constructor(status: ConnectionStatus, transport: TransportName | undefined) {
    super(ChatConnectionChangeEvent.eventName, OUT);
    this.status = status;
    this.transport = transport;
  }
}

/** The visitor chose a channel. `preventDefault()` keeps the session from opening it. */
export class ChatChannelSelectEvent extends Event {
  static readonly eventName = 'chat-channel-select';
  readonly cid: string;

  constructor(cid: string) {
    super(ChatChannelSelectEvent.eventName, { ...OUT, cancelable: true });
    this.cid = cid;
  }
}

/** The visitor wants to go back from a channel to the list. */
export class ChatBackEvent extends Event {
  static readonly eventName = 'chat-back';

  constructor() {
    super(ChatBackEvent.eventName, OUT);
  }
}

declare global {
  interface HTMLElementEventMap {
    'chat-message-send': ChatMessageSendEvent;
    'chat-message-sent': ChatMessageSentEvent;
    'chat-message-new': ChatMessageNewEvent;
    'chat-error': ChatErrorEvent;
    'chat-connection-change': ChatConnectionChangeEvent;
    'chat-channel-select': ChatChannelSelectEvent;
    'chat-back': ChatBackEvent;
  }
}
