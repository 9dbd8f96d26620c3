import { parseTime, formatTime } from '../clock.js';
import type { Deps } from '../deps.js';
import { badInput, shown } from '../errors.js';
import { closeUnwanted } from '../sweep.js';
import { EVERYBODY, revokeTokens } from '../store/standings.js';
import { MIME_TYPES } from '../upload-types.js';
import type { AddRoute } from './route.js';

/** What clients may know of the application, and what a backend may change of it. */
export function addApplication(add: AddRoute, deps: Deps): void {
  add('GET', '/app', 'GetApp', () => Promise.resolve({ app: appOf(deps) }));
  add('PATCH', '/app', 'UpdateApp', async ({ body }) => {
    const unknown = Object.keys(body).filter((key) => key !== 'revoke_tokens_issued_before');
    if (unknown.length || !('revoke_tokens_issued_before' in body))
      throw badInput(`UpdateApp here knows revoke_tokens_issued_before; got ${shown(Object.keys(body))}`);
    const before = readRevocation(body['revoke_tokens_issued_before']);
    await revokeTokens(deps.db, EVERYBODY, before, deps.clock.now());
    await closeUnwanted(deps);
    const told = before === null ? null : formatTime(before);
    return { app: { ...appOf(deps), revoke_tokens_issued_before: told } };
  });
}

function appOf({ options }: Deps): object {
  const limits = (kind: 'file' | 'image') => ({
    size_limit: options.uploadMaxBytes,
    allowed_mime_types: MIME_TYPES[kind],
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

/** @throws {ApiError} 4 for what is neither a time nor null. */
export function readRevocation(value: unknown): number | null {
  if (value === null) return null;
  const at = parseTime(value);
  if (at !== undefined) return at;
  throw badInput(`revoke_tokens_issued_before must be an RFC 3339 time or null; got ${shown(value)}`);
}
