import { describe, expect, it } from 'vitest';
import {
  archiveSuites,
  parseDeb822Sources,
  parseOneLineSources,
} from '../../../../src/engine/documentdb/apt-sources.ts';

const DEBIAN = { uri: 'http://mirror.example.org/debian', suites: ['bookworm'], components: ['main'] };

describe('a one-line source list', () => {
  it('gives archive, suite and components of each binary source', () => {
    const text =
      'deb http://mirror.example.org/debian bookworm main contrib\n  deb\thttps://b.example.org  sid   main\n';
    expect(parseOneLineSources(text)).toEqual([
      { uri: 'http://mirror.example.org/debian', suites: ['bookworm'], components: ['main', 'contrib'] },
      { uri: 'https://b.example.org', suites: ['sid'], components: ['main'] },
    ]);
  });

  it('gives the keyring among other options', () => {
    const text =
      'deb [ arch=amd64 signed-by=/usr/share/keyrings/a.gpg ] http://mirror.example.org/debian bookworm main';
    expect(parseOneLineSources(text)[0]?.signedBy).toBe('/usr/share/keyrings/a.gpg');
  });

  it('leaves out source packages, comments and what comes after a comment sign', () => {
    const text =
      '# deb http://a.example.org x main\ndeb-src http://b.example.org y main\n\ndeb http://c.example.org z main # contrib';
    expect(parseOneLineSources(text)).toEqual([{ uri: 'http://c.example.org', suites: ['z'], components: ['main'] }]);
  });
});

describe('a deb822 source file', () => {
  it('gives a source for each of its archives', () => {
    const text = [
      'Types: deb deb-src',
      '# a comment between fields',
      'URIs: http://mirror.example.org/debian https://second.example.org/debian/',
      'Suites: bookworm bookworm-updates',
      'Components: main contrib',
      'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
      '',
      'types: deb',
      'uris: http://third.example.org/security',
      'suites: bookworm-security',
      'components: main',
    ].join('\n');
    const debian = { suites: ['bookworm', 'bookworm-updates'], components: ['main', 'contrib'] };
    const signedBy = '/usr/share/keyrings/debian-archive-keyring.gpg';
    expect(parseDeb822Sources(text)).toEqual([
      { uri: 'http://mirror.example.org/debian', ...debian, signedBy },
      { uri: 'https://second.example.org/debian/', ...debian, signedBy },
      { uri: 'http://third.example.org/security', suites: ['bookworm-security'], components: ['main'] },
    ]);
  });

  it('reads values that go on in further lines', () => {
    const text = 'Types: deb\nURIs: http://mirror.example.org/debian\nSuites: sid\nComponents: main\n contrib\n';
    expect(parseDeb822Sources(text)[0]?.components).toEqual(['main', 'contrib']);
  });

  it('does not take a key written into the file for the path of a keyring', () => {
    const key = 'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----';
    const [source] = parseDeb822Sources(
      `Types: deb\nURIs: http://a.example.org\nSuites: sid\nComponents: main\n${key}`,
    );
    expect(source).toEqual({ uri: 'http://a.example.org', suites: ['sid'], components: ['main'] });
  });

  it('leaves out sources that are disabled or only have source packages', () => {
    const rest = 'URIs: http://a.example.org\nSuites: sid\nComponents: main';
    expect(parseDeb822Sources(`Types: deb\nEnabled: no\n${rest}\n\nTypes: deb-src\n${rest}`)).toEqual([]);
  });
});

describe('the places to look for the engine', () => {
  it("are forky and then sid of each of the machine's Debian archives", () => {
    const second = { ...DEBIAN, uri: 'https://second.example.org/debian/' };
    const places = archiveSuites([DEBIAN, second], 'bookworm').map(({ uri, suite }) => `${uri} ${suite}`);
    expect(places).toEqual([
      'http://mirror.example.org/debian forky',
      'https://second.example.org/debian forky',
      'http://mirror.example.org/debian sid',
      'https://second.example.org/debian sid',
    ]);
  });

  it('keep the keyring by which the machine trusts the archive', () => {
    const [place] = archiveSuites([{ ...DEBIAN, signedBy: '/usr/share/keyrings/a.gpg' }]);
    expect(place).toEqual({
      uri: DEBIAN.uri,
      suite: 'forky',
      components: ['main'],
      signedBy: '/usr/share/keyrings/a.gpg',
    });
  });

  it('name each archive once', () => {
    const updates = { ...DEBIAN, suites: ['bookworm', 'bookworm-updates'] };
    expect(archiveSuites([DEBIAN, updates])).toHaveLength(2);
  });

  it.each([
    ['security updates', { ...DEBIAN, suites: ['bookworm-security'] }],
    ["somebody's own packages", { ...DEBIAN, suites: ['nodistro'] }],
    ['an archive without main', { ...DEBIAN, components: ['stable'] }],
    ['a disc', { ...DEBIAN, uri: 'cdrom:[Debian_12]/' }],
  ])('leave out %s', (_, source) => {
    expect(archiveSuites([source], 'bookworm')).toEqual([]);
  });

  it("are the machine's release and the next one on Ubuntu", () => {
    const ubuntu = {
      uri: 'http://mirror.example.org/ubuntu',
      suites: ['noble', 'noble-updates'],
      components: ['main'],
    };
    expect(archiveSuites([ubuntu], 'noble')).toEqual([
      { uri: ubuntu.uri, suite: 'noble', components: ['main', 'universe'] },
      { uri: ubuntu.uri, suite: 'devel', components: ['main', 'universe'] },
    ]);
  });
});
