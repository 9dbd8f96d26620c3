// Those that provide context come before those that ask for it, so that no request goes unheard.
export { ChatSessionElement } from './elements/chat-session.js';
export { ChatChannelElement } from './elements/chat-channel.js';
export { ChannelListElement } from './elements/channel-list.js';
export { ChannelHeaderElement } from './elements/channel-header.js';
export { ConnectionStatusElement } from './elements/connection-status.js';
export { MessageListElement } from './elements/message-list.js';
export { MessageComposerElement } from './elements/message-composer.js';
export { TypingIndicatorElement } from './elements/typing-indicator.js';
export { PrivacySettingsElement } from './elements/privacy-settings.js';
export { ReadReceiptElement } from './elements/read-receipt.js';
import './elements/messenger.js';
export * from './elements/events.js';
export { ChatClient, ChatError } from './client/index.js';
export type * from './client/index.js';
