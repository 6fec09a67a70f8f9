import { connect } from 'node:net';
import { once } from 'node:events';
import { redisUrl } from './redis-database';

// Spoken by hand, so that a file which needs no client does not load one.
beforeAll(async () => {
  const { hostname, port, pathname } = new URL(redisUrl());
  const socket = connect(Number(port), hostname);
  let replies = '';
  socket.on('data', (chunk) => (replies += chunk.toString()));
  socket.write(`SELECT ${pathname.slice(1)}\r\nFLUSHDB\r\nQUIT\r\n`);
  await once(socket, 'close');
  if (replies !== '+OK\r\n+OK\r\n+OK\r\n')
    throw new Error(`The test database could not be emptied: ${replies}`);
});
