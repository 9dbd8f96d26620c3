import { Type } from 'typebox';
import { closed, nullable, object, optional, Time } from './fields.js';
import type { Operation } from './operation.js';

const Limits = object({ size_limit: Type.Integer(), allowed_mime_types: Type.Array(Type.String()) });

const App = object({
  app: object({
    id: Type.Integer(),
    name: Type.String(),
    placement: Type.String(),
    file_upload_config: Limits,
    image_upload_config: Limits,
    auto_translation_enabled: Type.Boolean(),
    async_url_enrich_enabled: Type.Boolean(),
    revoke_tokens_issued_before: optional(nullable(Time)),
  }),
});

export const GetApp = {
  name: 'GetApp',
  summary: 'What clients may know of the application',
  answer: App,
} satisfies Operation;

export const UpdateApp = {
  name: 'UpdateApp',
  summary: 'Revokes all tokens issued before a time; null ends that',
  body: closed({ revoke_tokens_issued_before: nullable(Time) }),
  answer: App,
} satisfies Operation;
