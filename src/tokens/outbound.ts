/**
 * Asking an issuer: JSON over https, within a time and a size, following no redirect. The address is the operator's,
 * never one from a token.
 */

export interface OutboundRequest {
  readonly url: string;
  /** A form to post; a GET without one. */
  readonly form?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 5000;
const MOST_BYTES = 65_536;

/** The parsed answer. @throws where the answer is none that counts. */
export async function fetchJson({ url, form, headers }: OutboundRequest): Promise<unknown> {
  if (!isSecure(url)) throw new Error('An issuer is asked over https only, but for one on this machine.');
  const response = await fetch(url, {
    ...(form ? { method: 'POST', body: form } : {}),
    headers: { accept: 'application/json', ...headers },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const type = response.headers.get('content-type') ?? '';
  if (response.status !== 200 || !/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    await response.body?.cancel();
    throw new Error(`The issuer answered ${response.status} (${type.slice(0, 64)}) instead of JSON.`);
  }
  return JSON.parse(await readWithin(response, MOST_BYTES));
}

async function readWithin({ body }: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > most) throw new Error(`The issuer's answer is larger than ${most} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** https, or a host that is this machine. */
export function isSecure(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname));
}
