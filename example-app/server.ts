import { once } from 'node:events';
import { createServer } from 'node:http';
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from './accounts';
import { createExampleApp } from './app';
import { connectEmail, connectSms, connectStores, readKey, readTrustProxy, requireDemo } from './environment';

function whereKept({ records, state }: Awaited<ReturnType<typeof connectStores>>): string {
  if (records === undefined)
    return 'Everything is kept in memory and gone when this ends. Set DATABASE_URL or REDIS_URL to keep it.';
  return state === undefined
    ? 'Who has which factor is kept in PostgreSQL, sessions in memory. Set REDIS_URL to keep those too.'
    : 'Everything but the accounts is kept.';
}

async function start(): Promise<void> {
  const { env } = process;
  const port = Number(env['PORT'] ?? 3000);
  const baseUrl = env['BASE_URL'] ?? `http://localhost:${port}`;
  const { key, isTemporary } = readKey(env);
  const stores = await connectStores(env);
  const example = await createExampleApp({
    baseUrl,
    keys: [key],
    ...stores,
    email: await connectEmail(env),
    sms: await connectSms(env),
    trustProxy: readTrustProxy(env),
    passkeySignIn: true,
    languages: { languageMenu: true },
  });
  requireDemo(env);

  const server = createServer(example.app).listen(port);
  await once(server, 'listening');
  const width = Math.max(...DEMO_ACCOUNTS.map(({ email }) => email.length));
  const lines = [
    `Acme Portal is at ${baseUrl}`,
    '',
    `Password of all: ${DEMO_PASSWORD}`,
    ...DEMO_ACCOUNTS.map(({ email, about }) => `  ${email.padEnd(width)}  ${about}`),
    '',
    `New people sign up at ${baseUrl}/signup`,
    whereKept(stores),
    ...(isTemporary
      ? ['The key is a new one each time. Set MFA_KEY to what `openssl rand -base64 32` prints.']
      : []),
    ...(example.outbox === null
      ? []
      : [`Messages that cannot be sent are at ${baseUrl}/outbox. Set SMTP_URL and TWILIO_… to send them.`]),
  ];
  const { findings } = await example.mfa.check({ app: example.app });
  const found = findings.map(({ part, level, message }) => `${level}, ${part}: ${message}`);
  process.stdout.write(`${[...lines, ...(found.length > 0 ? ['', ...found] : [])].join('\n')}\n`);

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
      void example.close().finally(() => stores.disconnect());
    });
  }
}

start().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
