import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { codeIn, ROOT } from '../../support/docs';
import { createHttpAgent } from '../../support/http-agent';
import { redisUrl } from '../../support/redis-database';
import { startSmtpInbox } from '../../support/smtp-inbox';
import { totpCode } from '../../support/totp';
import { findFreePort } from '../../support/free-port';

/** The user table that the reader brings. */
const USERS = `
const ada = { id: 7, name: 'Ada', email: 'ada@acme.example' };
export const users = {
  findById: async (id) => (String(id) === '7' ? ada : undefined),
  check: async (username, password) => (username === 'ada' && password === 'right' ? ada : false),
};
`;

const [quickStart = ''] = codeIn('README.md', 'Quick start');

describe('the quick start', () => {
  let folder: string;
  let child: ChildProcess;
  let inbox: Awaited<ReturnType<typeof startSmtpInbox>>;
  let url: string;

  beforeAll(async () => {
    inbox = await startSmtpInbox();
    const port = await findFreePort();
    url = `http://localhost:${port}`;
    // Inside the project, where the package and its dependencies resolve by name.
    folder = mkdtempSync(join(ROOT, 'tests', '.quick-start-'));
    writeFileSync(join(folder, 'app.mts'), quickStart);
    writeFileSync(join(folder, 'users.ts'), USERS);
    child = spawn(process.execPath, ['--import', 'tsx', join(folder, 'app.mts')], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PORT: String(port),
        BASE_URL: url,
        REDIS_URL: redisUrl(),
        SMTP_URL: inbox.url,
        MFA_KEY: 'o0b1mJcJt0kJ7bq0rD0b1s6Vq3w2JpX8m1t9d3yQ5hE=',
        NODE_ENV: 'test',
      },
    });
    await listening(child);
  });

  afterAll(async () => {
    child.kill('SIGKILL');
    await inbox.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has at most 25 lines beside the imports', () => {
    const lines = quickStart.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('import '));
    expect(lines.length).toBeLessThanOrEqual(25);
  });

  it('signs a person in with a second factor, and tells them by email', async () => {
    const ada = createHttpAgent(url);
    expect((await ada.getJson('/')).status).toBe(401);
    const login = await ada.postJson('/mfa/login', { username: 'ada', password: 'right' });
    expect(login.body).toMatchObject({ outcome: 'enroll', because: 'required' });
    const started = await ada.postJson('/mfa/enroll/totp');
    const code = totpCode(started.body.totp.secret, Date.now());
    const enrolled = await ada.postJson('/mfa/enroll/totp/confirm', { code });
    expect(enrolled.body).toMatchObject({ outcome: 'enrolled' });
    expect((await ada.get('/')).text).toBe('Hello Ada');
    const mail = await inbox.mails.next((candidate) => candidate.envelopeTo.includes('ada@acme.example'));
    expect(mail.subject).not.toBe('');
  });
});

async function listening(child: ChildProcess): Promise<void> {
  if (child.stdout === null || child.stderr === null) throw new Error('The quick start has no output.');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'listening') return;
  }
  throw new Error(`The quick start ended before it listened: ${said}`);
}
