import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

// What fan-out costs at the least: no users, no store, no rights. A POST to /<room> is sent to each socket that came by
// /<room>, one after the other.

const rooms = new Map();

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text) => (body += text));
  request.on('end', () => {
    for (const socket of rooms.get(request.url) ?? []) socket.send(body);
    response.end('{}');
  });
});

new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, { url = '' }) => {
  const room = rooms.get(url) ?? new Set();
  rooms.set(url, room.add(socket));
  socket.on('close', () => room.delete(socket));
  socket.send('{}');
});

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
