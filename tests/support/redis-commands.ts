/** Reads RESP requests (arrays of bulk strings) from a stream of chunks, as clients send them. */
export function createCommandReader(): (chunk: Buffer) => string[][] {
  let rest = Buffer.alloc(0);

  function readLine(from: number): { readonly line: string; readonly next: number } | undefined {
    const end = rest.indexOf('\r\n', from);
    return end === -1 ? undefined : { line: rest.toString('latin1', from, end), next: end + 2 };
  }

  function readCommand(): string[] | undefined {
    const head = readLine(0);
    if (head === undefined) return undefined;
    if (!head.line.startsWith('*')) {
      rest = rest.subarray(head.next);
      return head.line.split(' ');
    }
    const words: string[] = [];
    let at = head.next;
    for (let left = Number(head.line.slice(1)); left > 0; left -= 1) {
      const size = readLine(at);
      if (size === undefined) return undefined;
      const end = size.next + Number(size.line.slice(1));
      if (rest.length < end + 2) return undefined;
      words.push(rest.toString('utf8', size.next, end));
      at = end + 2;
    }
    rest = rest.subarray(at);
    return words;
  }

  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const commands: string[][] = [];
    for (let command = readCommand(); command !== undefined; command = readCommand()) commands.push(command);
    return commands;
  };
}
