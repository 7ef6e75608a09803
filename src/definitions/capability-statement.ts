export const buildCapabilityStatement = (_d: unknown, i: unknown) => i;
