import { PasswordQueue, type Busy } from '../../../src/flows/sign-in/password-queue';

const busy = (on = 'ada'): Busy => ({ outcome: 'busy', on });
const free = { outcome: 'free' } as const;
const never = () => new Promise<void>(() => undefined);
const atOnce = async () => undefined;
const turn = () => new Promise((resolve) => setImmediate(resolve));

interface Asking {
  readonly ask: () => Promise<typeof free | Busy>;
  readonly isGone: () => boolean;
}

const asking = (
  answers: readonly (typeof free | Busy)[],
  isGone = () => false,
): Asking & { asked: number } => ({
  asked: 0,
  async ask() {
    const answer = answers[Math.min(this.asked, answers.length - 1)];
    this.asked += 1;
    return answer ?? free;
  },
  isGone,
});

describe('passwords that wait for others', () => {
  it('ask again at once, since the others may have been judged meanwhile', async () => {
    expect(await new PasswordQueue(never).wait(busy(), asking([free]))).toEqual(free);
  });

  it('go on one by one, in the order in which they came, each time that one is judged', async () => {
    const queue = new PasswordQueue(never);
    const done: number[] = [];
    const free = { places: 0 };
    const wait = async (n: number) => {
      const ask = async () => {
        if (free.places === 0) return busy();
        free.places -= 1;
        return { outcome: 'free' } as const;
      };
      await queue.wait(busy(), { ask, isGone: () => false });
      done.push(n);
    };
    for (let n = 0; n < 4; n += 1) void wait(n);
    await turn();
    expect(done).toEqual([]);
    free.places = 1;
    queue.release('somebody else');
    await turn();
    expect(done).toEqual([]);
    queue.release('ada');
    await turn();
    expect(done).toEqual([0]);
    free.places = 3;
    queue.release('ada');
    await turn();
    expect(done).toEqual([0, 1, 2, 3]);
  });

  it('look a few times a second for what other processes judge, and give up after half a minute', async () => {
    const slept: number[] = [];
    const queue = new PasswordQueue(async (milliseconds) => void slept.push(milliseconds));
    const waiting = asking([busy()]);
    expect(await queue.wait(busy(), waiting)).toBeNull();
    expect(slept).toHaveLength(120);
    expect(slept.reduce((sum, milliseconds) => sum + milliseconds)).toBe(30_000);
    expect(waiting.asked).toBe(121);
    expect(await queue.wait(busy(), asking([busy(), busy(), free]))).toEqual(free);
  });

  it('leave the line where nobody waits for the answer any more, and let the next go on', async () => {
    const queue = new PasswordQueue(never);
    const gone = { isGone: false };
    const first = queue.wait(
      busy(),
      asking([busy()], () => gone.isGone),
    );
    await turn();
    const second = queue.wait(busy(), asking([free]));
    gone.isGone = true;
    queue.release('ada');
    expect(await Promise.all([first, second])).toEqual([null, free]);
  });

  it('go over to another line where they wait for something else by then', async () => {
    const queue = new PasswordQueue(never);
    const waiting = asking([busy('the address'), busy('the address'), free]);
    const moved = queue.wait(busy('the name'), waiting);
    await turn();
    queue.release('the name');
    await turn();
    expect(waiting.asked).toBe(2);
    queue.release('the address');
    expect(await moved).toEqual(free);
  });

  it('ask only at the head of the line, however often they wake', async () => {
    const queue = new PasswordQueue(() => new Promise((resolve) => setImmediate(resolve)));
    const ends = { first: false };
    const first = queue.wait(busy(), { ask: async () => (ends.first ? free : busy()), isGone: () => false });
    const behind = asking([free]);
    const second = queue.wait(busy(), behind);
    for (let n = 0; n < 5; n += 1) await turn();
    expect(behind.asked).toBe(0);
    ends.first = true;
    expect(await Promise.all([first, second])).toEqual([free, free]);
  });

  it('are refused where the line that they have to change to is full, and others go on', async () => {
    const queue = new PasswordQueue(never);
    for (let n = 0; n < 256; n += 1) void queue.wait(busy('the address'), asking([busy('the address')]));
    expect(await queue.wait(busy('the name'), asking([busy('the address')]))).toBeNull();
    expect(await queue.wait(busy('the name'), asking([free]))).toEqual(free);
  });

  it('are refused where very many wait', async () => {
    const queue = new PasswordQueue(never);
    for (let n = 0; n < 256; n += 1) void queue.wait(busy(), asking([busy()]));
    expect(await queue.wait(busy(), asking([free]))).toBeNull();
    expect(await queue.wait(busy('mary'), asking([free]))).toEqual(free);
    for (let n = 0; n < 2048 - 256; n += 1) void queue.wait(busy(`name-${n}`), asking([busy(`name-${n}`)]));
    expect(await queue.wait(busy('mary'), asking([free]))).toBeNull();
  });

  it('pass a failure of the store on, and let the next go on', async () => {
    const queue = new PasswordQueue(atOnce);
    const failing = { ask: () => Promise.reject(new Error('down')), isGone: () => false };
    await expect(queue.wait(busy(), failing)).rejects.toThrow('down');
    expect(await queue.wait(busy(), asking([free]))).toEqual(free);
  });
});
