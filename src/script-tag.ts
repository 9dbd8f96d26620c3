// What the script tag loads first. The composer comes a moment later: nobody writes before there is something to see.
import './elements/chat-session.js';
import './elements/chat-channel.js';
import './elements/channel-list.js';
import './elements/channel-header.js';
import './elements/connection-status.js';
import './elements/message-list.js';
import './elements/typing-indicator.js';
import './elements/read-receipt.js';
import { fetchComposer } from './elements/messenger.js';

fetchComposer();
