import { parseTime, formatTime, type Micros } from '../clock.js';
import type { Deps } from '../deps.js';
import { GetApp, UpdateApp } from '../shapes/application.js';
import { closeUnwanted } from '../sweep.js';
import { EVERYBODY, revokeTokens } from '../store/standings.js';
import { IMAGE_TYPES } from '../upload-types.js';
import type { AddRoute } from './route.js';

/** What clients may know of the application, and what a backend may change of it. */
export function addApplication(add: AddRoute, deps: Deps): void {
  add('GET', '/app', GetApp, () => Promise.resolve({ app: appOf(deps) }));
  add('PATCH', '/app', UpdateApp, async ({ body }) => {
    const before = timeOrNull(body.revoke_tokens_issued_before);
    await revokeTokens(deps.db, EVERYBODY, before, deps.clock.now());
    await closeUnwanted(deps);
    const told = before === null ? null : formatTime(before);
    return { app: { ...appOf(deps), revoke_tokens_issued_before: told } };
  });
}

function appOf({ options }: Deps): object {
  const limits = (kind: 'file' | 'image') => ({
    size_limit: options.uploadMaxBytes,
    // Of other files the bytes decide, and not what a browser takes them for by their names.
    allowed_mime_types: kind === 'image' ? IMAGE_TYPES : [],
    allowed_file_extensions: [],
    blocked_mime_types: [],
    blocked_file_extensions: [],
  });
  return {
    id: 1,
    name: 'chat-session',
    placement: 'own',
    file_upload_config: limits('file'),
    image_upload_config: limits('image'),
    auto_translation_enabled: false,
    async_url_enrich_enabled: false,
  };
}

/** A time that was checked, in microseconds. */
export function timeOrNull(value: string | null | undefined): Micros | null {
  return parseTime(value) ?? null;
}
