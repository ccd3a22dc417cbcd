/** Milliseconds since 1970 with a fraction; the processes of one machine agree on it. */
export const clock = (): number => performance.timeOrigin + performance.now();
