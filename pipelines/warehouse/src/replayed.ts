/** Of an event, whether it was refused first and is counted because somebody replayed it. */
export const isReplayed = (of: '' | 's.' = ''): string =>
  `((${of}source, ${of}id) IN (SELECT q.source, q.id FROM quarantine AS q WHERE isNotNull(q.resolved_at) AND q.resolution IN ('', 'replayed')))`;
