import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface Step {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** One keep-alive connection with cookies, by hand: a client that costs more than the server would be what is measured. */
export class HttpConnection {
  cookies = new Map<string, string>();
  readonly #socket: Socket;
  #rest = '';
  #waiting: { resolve(reply: Reply): void; reject(error: unknown): void } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#read(chunk));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('The server closed the connection.')));
  }

  static async open(port: number): Promise<HttpConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new HttpConnection(socket);
  }

  send({ method, path, headers = {}, body }: Omit<Step, 'name'>): Promise<Reply> {
    const lines = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1'];
    for (const [name, value] of Object.entries({ accept: 'application/json', ...headers }))
      lines.push(`${name}: ${value}`);
    if (this.cookies.size > 0)
      lines.push(`cookie: ${[...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')}`);
    const text = body === undefined ? '' : JSON.stringify(body);
    if (body !== undefined)
      lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(text)}`);
    return this.sendText(`${lines.join('\r\n')}\r\n\r\n${text}`);
  }

  /** A request that was put together before. */
  sendText(request: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #read(chunk: string): void {
    this.#rest += chunk;
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.#rest.slice(0, end);
    const bodyAt = end + 4;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const chunked = /\r\ntransfer-encoding: chunked/i.test(head);
    if (chunked ? !this.#rest.endsWith('0\r\n\r\n') : this.#rest.length < bodyAt + length) return;
    const body = this.#rest.slice(bodyAt);
    this.#rest = '';
    for (const [, name = '', value = ''] of head.matchAll(/\r\nset-cookie: ([^=]+)=([^;\r]*)/gi)) {
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }
}
