import type { QueuedItem, QueueStore } from '../queue-store';

interface Waiting {
  readonly item: QueuedItem;
  readonly dueAt: number;
}

export function queuesIn(queues: Map<string, Map<string, Waiting>>): QueueStore {
  const itemsOf = (queue: string) => queues.get(queue) ?? new Map<string, Waiting>();
  const byDue = (queue: string) => [...itemsOf(queue).values()].toSorted((a, b) => a.dueAt - b.dueAt);

  return {
    async enqueue(queue, item, { dueAt, most }) {
      const items = itemsOf(queue);
      queues.set(queue, items);
      items.set(item.id, { item: { ...item }, dueAt });
      const tooMany = byDue(queue).slice(0, Math.max(0, items.size - most));
      for (const first of tooMany) items.delete(first.item.id);
      return tooMany.length;
    },
    async takeDue(queue, { now, latestAt = Infinity, limit, untilAt }) {
      const due = byDue(queue)
        .filter(({ dueAt }) => dueAt <= now || dueAt > latestAt)
        .slice(0, limit);
      for (const { item } of due) itemsOf(queue).set(item.id, { item, dueAt: untilAt });
      return due.map(({ item }) => item);
    },
    async listQueued(queue, limit) {
      return byDue(queue)
        .slice(0, limit)
        .map(({ item }) => item);
    },
    async removeQueued(queue, id) {
      itemsOf(queue).delete(id);
    },
    async removeQueuedOf(userId) {
      for (const items of queues.values())
        for (const { item } of items.values()) if (item.userId === userId) items.delete(item.id);
    },
  };
}
