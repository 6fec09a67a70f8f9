import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..', '..', '..');
const HEAVY = ['twilio', 'nodemailer', 'ioredis'];

/** The packages that a process has loaded after it asked for one file. */
async function packagesLoadedBy(path: string): Promise<readonly string[]> {
  const script = `require(${JSON.stringify(join(ROOT, path))});
    const found = Object.keys(require.cache).map((file) => /node_modules[\\\\/]((?:@[^\\\\/]+[\\\\/])?[^\\\\/]+)/.exec(file)?.[1]);
    process.stdout.write(JSON.stringify([...new Set(found.filter(Boolean))]));`;
  const tsx = pathToFileURL(require.resolve('tsx')).href;
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', tsx, '-e', script], {
    cwd: ROOT,
  });
  return JSON.parse(stdout) as string[];
}

describe('an import of the package', () => {
  it('loads no mail, SMS or Redis client', async () => {
    const loaded = await packagesLoadedBy('src/index.ts');
    expect(loaded).toContain('otplib');
    expect(HEAVY.filter((name) => loaded.includes(name))).toEqual([]);
  });

  it.each(['src/redis.ts', 'src/smtp.ts', 'src/twilio.ts'])(
    'loads only what belongs to it by %s',
    async (path) => {
      const loaded = await packagesLoadedBy(path);
      const own = path.includes('redis') ? 'ioredis' : path.includes('smtp') ? 'nodemailer' : 'twilio';
      expect(HEAVY.filter((name) => loaded.includes(name) && name !== own)).toEqual([]);
    },
  );
});
