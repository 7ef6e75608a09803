/** How long the server takes to start and what memory it holds while nobody asks it for anything. */
import { median } from './measurement.ts';
import { processUse, type ServerProcess } from './processes.ts';

export interface StartUps {
  /** Medians; memory is undefined where the system doesn't tell. */
  readonly seconds: number;
  readonly residentBytes: number | undefined;
}

/** How long a server is left alone before its memory is read, in milliseconds. */
const IDLE_MS = 2000;

/** @param times at least one */
export async function measureStartUps(start: () => Promise<ServerProcess>, times: number): Promise<StartUps> {
  const seconds: number[] = [];
  const resident: number[] = [];
  for (let count = 0; count < times; count++) {
    const server = await start();
    seconds.push(server.startSeconds);
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const use = processUse(server.pid);
    if (use) resident.push(use.residentBytes);
    await server.stop();
  }
  return { seconds: median(seconds), residentBytes: resident.length > 0 ? median(resident) : undefined };
}
