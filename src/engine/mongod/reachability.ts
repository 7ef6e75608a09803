/** Whether a download can be had from here, found out in seconds (RFC 9110 sections 9.3.2 HEAD and 9.3.6 CONNECT). */
import { request } from 'node:http';

const LIMIT_MS = 3_000;

function proxyFor(environment: NodeJS.ProcessEnv): string | undefined {
  const names = ['https_proxy', 'http_proxy', 'HTTPS_PROXY', 'HTTP_PROXY'];
  return names.map((name) => environment[name]).find(Boolean);
}

async function askDirectly(url: string): Promise<string | undefined> {
  const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(LIMIT_MS) });
  return response.ok ? undefined : `status ${response.status}`;
}

/** A proxy that opens the way to the host is answer enough. */
function askProxy(proxy: string, target: URL): Promise<string | undefined> {
  const { hostname, port } = new URL(proxy);
  return new Promise((resolve, reject) => {
    const path = `${target.hostname}:${target.port || 443}`;
    const call = request({
      hostname,
      port: port || 80,
      method: 'CONNECT',
      path,
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    call.on('connect', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode === 200 ? undefined : `the proxy answered ${response.statusCode}`);
    });
    call.on('response', (response) => resolve(`the proxy answered ${response.statusCode}`));
    call.on('error', reject);
    call.end();
  });
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message ? cause.message : error.message;
}

/** Why nothing can be downloaded from this address; undefined when it answers. Never rejects. */
export async function whyUnreachable(url: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const proxy = proxyFor(environment);
  try {
    return await (proxy ? askProxy(proxy, new URL(url)) : askDirectly(url));
  } catch (error) {
    return wordsOf(error);
  }
}
