import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { newChannel, Person, refused, sentBy, start } from './support.js';

let server: RunningServer;
let ada: Person;
let asked = 0;
const trap = createServer((socket) => {
  asked++;
  socket.destroy();
});
before(async () => {
  trap.listen(0, '127.0.0.1');
  await once(trap, 'listening');
  server = await start();
  ada = await Person.known(server, 'ada');
  await Person.known(server, 'bob');
});
after(async () => {
  await server.close();
  trap.close();
});

describe('S29 addresses that users write', () => {
  it('are asked by nobody here: there are no previews and no webhooks', async () => {
    const { port } = trap.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/latest/meta-data/`;
    const cid = await newChannel(ada);

    await sentBy(ada, cid, {
      text: `see ${url} and http://[::1]:${port}/ and http://localhost:${port}/`,
      attachments: [{ type: 'image', image_url: url, og_scrape_url: url, thumb_url: url, asset_url: url }],
    });
    await ada.call('PATCH', '/users', { users: [{ id: 'ada', set: { image: url } }] });
    refused(await ada.call('GET', '/og', undefined, { url }), 404, 16);

    assert.equal(asked, 0);
  });
});
