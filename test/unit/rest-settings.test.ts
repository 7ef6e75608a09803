import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config.ts';
import { projectRoot } from '../../src/project-root.ts';

const load = (environment: Readonly<Record<string, string>>) => loadConfig(environment, projectRoot());

describe('the settings of the REST interactions', () => {
  it('are careful where nothing is said', () => {
    expect(load({})).toMatchObject({ conditionalDelete: 'single', maxEntries: 10_000, corsOrigins: [] });
  });

  it('are what the environment says', () => {
    const origins = 'https://a.example.org,http://localhost:3000';
    expect(load({ JENNER_CORS_ORIGINS: origins }).corsOrigins).toEqual(origins.split(','));
    expect(load({ JENNER_CORS_ORIGINS: '*' }).corsOrigins).toBe('*');
    expect(load({ JENNER_CONDITIONAL_DELETE: 'multiple', JENNER_MAX_ENTRIES: '5' })).toMatchObject({
      conditionalDelete: 'multiple',
      maxEntries: 5,
    });
  });

  it.each([
    ['JENNER_CORS_ORIGINS', 'https://a.example.org/path'],
    ['JENNER_CORS_ORIGINS', 'example.org'],
    ['JENNER_CONDITIONAL_DELETE', 'all'],
    ['JENNER_MAX_ENTRIES', '0'],
  ])('stop the start where %s is %s', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(new RegExp(`^${name} must be`));
    expect(() => load({ [name]: value })).toThrow(ConfigError);
  });
});
