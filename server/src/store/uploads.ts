import type { Db, UploadRow } from './schema.js';

/** Keeps the upload; answers the one that was there when the same user has sent the same before. */
export async function insertUpload(db: Db, upload: UploadRow): Promise<UploadRow> {
  const added = await db
    .insertInto('uploads')
    .values(upload)
    .onConflict((conflict) => conflict.columns(['user_id', 'cid', 'kind', 'digest', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return added ?? sameUpload(db, upload);
}

function sameUpload(db: Db, { user_id: userId, cid, kind, digest, name }: UploadRow): Promise<UploadRow> {
  return db
    .selectFrom('uploads')
    .selectAll()
    .where('user_id', '=', userId)
    .where('cid', '=', cid)
    .where('kind', '=', kind)
    .where('digest', '=', digest)
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
}

export function findUpload(db: Db, id: string): Promise<UploadRow | undefined> {
  return db.selectFrom('uploads').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function deleteUpload(db: Db, id: string): Promise<void> {
  await db.deleteFrom('uploads').where('id', '=', id).execute();
}
