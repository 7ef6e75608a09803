/** A browser for tests: keeps cookies by path, follows redirects on its server, sends forms as they stand on the page. */

export interface BrowserPage {
  readonly status: number;
  readonly url: string;
  readonly text: string;
  readonly headers: Headers;
}

export interface Browser {
  /** Follows redirects; one that leads to another server ends it, its URL is the page's and its text is empty. */
  open(url: string): Promise<BrowserPage>;
  post(url: string, fields: Fields, headers?: Record<string, string>): Promise<BrowserPage>;
  /** Sends a form of the page with these fields in the place of its own, or beside them. */
  submit(page: BrowserPage, fields: Fields, form?: number): Promise<BrowserPage>;
  cookie(name: string): string | undefined;
  setCookie(name: string, value: string): void;
}

export type Fields = Readonly<Record<string, string | readonly string[]>>;

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export function createBrowser(origin: string): Browser {
  const cookies = new Map<string, Cookie>();
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname } = new URL(url);
    const sent = [...cookies].filter(([, { path }]) => pathname === path || pathname.startsWith(withSlash(path)));
    const cookie = sent.map(([name, { value }]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) keep(cookies, line, pathname);
    return response;
  };
  const follow = async (url: string, init: RequestInit): Promise<BrowserPage> => {
    const response = await send(url, init);
    const location = response.headers.get('location');
    const { status, headers } = response;
    if (location === null) return { status, url, text: await response.text(), headers };
    const next = new URL(location, url).href;
    if (new URL(next).origin !== origin) return { status, url: next, text: '', headers };
    return follow(next, status === 307 ? init : {});
  };
  const post = (url: string, fields: Fields, headers: Record<string, string> = {}) =>
    follow(url, { method: 'POST', body: toBody(fields), headers: { origin, ...headers } });
  return {
    open: (url) => follow(url, {}),
    post,
    submit: (page, fields, form = 0) => {
      const { action, own } = readForm(page, form);
      return post(new URL(action, page.url).href, { ...own, ...fields });
    },
    cookie: (name) => cookies.get(name)?.value,
    setCookie: (name, value) => cookies.set(name, { value, path: '/' }),
  };
}

const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

function keep(cookies: Map<string, Cookie>, line: string, pathname: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  const path = /;\s*path=([^;]+)/i.exec(line)?.[1] ?? pathname.replace(/\/[^/]*$/, '');
  if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
  else cookies.set(name, { value, path });
}

function toBody(fields: Fields): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) body.append(name, one as string);
  return body;
}

const fromHtml = (text: string): string =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

function readForm({ text }: BrowserPage, index: number): { readonly action: string; readonly own: Fields } {
  const [whole = '', action = ''] = [...text.matchAll(/<form [^>]*action="([^"]*)"[^>]*>.*?<\/form>/gs)][index] ?? [];
  const own: Record<string, string[]> = {};
  for (const [input] of whole.matchAll(/<input [^>]*>/g)) {
    const type = /type="([^"]*)"/.exec(input)?.[1];
    const name = /name="([^"]*)"/.exec(input)?.[1];
    const isSent = type === 'hidden' || (type === 'checkbox' && / checked/.test(input));
    if (name && isSent) own[name] = [...(own[name] ?? []), fromHtml(/value="([^"]*)"/.exec(input)?.[1] ?? '')];
  }
  return { action: fromHtml(action), own };
}
