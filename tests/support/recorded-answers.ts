import type { RequestListener } from 'node:http';

/** Notes every answer that leaves. */
export function recordAnswers(app: RequestListener): {
  readonly listener: RequestListener;
  readonly answers: string[];
} {
  const answers: string[] = [];
  return {
    answers,
    listener(req, res) {
      const { method, url } = req;
      const chunks: Buffer[] = [];
      const note = (body: unknown) => {
        if (typeof body === 'string' || Buffer.isBuffer(body)) chunks.push(Buffer.from(body));
      };
      const [write, end] = [res.write.bind(res), res.end.bind(res)];
      res.write = function writeAndNote(...args: unknown[]) {
        note(args[0]);
        return Reflect.apply(write, undefined, args);
      } as typeof res.write;
      res.end = function endAndNote(...args: unknown[]) {
        note(args[0]);
        const { 'set-cookie': _cookies, ...headers } = res.getHeaders();
        answers.push(`${method} ${url} ${JSON.stringify(headers)} ${Buffer.concat(chunks).toString()}`);
        return Reflect.apply(end, undefined, args);
      } as typeof res.end;
      app(req, res);
    },
  };
}
