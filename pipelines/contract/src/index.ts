export * from './again.ts';
export * from './alert-machine.ts';
export * from './alerts.ts';
export * from './annotations.ts';
export * from './api.ts';
export { type Lexicon, lexiconOf } from './ask/lexicon.ts';
export {
  type Chosen,
  type Ground,
  type Meaning,
  type Part,
  type QuestionReading,
  readQuestion,
} from './ask/reading.ts';
export * from './ask/standing.ts';
export * from './audit.ts';
export * from './backtest.ts';
export * from './baseline.ts';
export * from './calendar.ts';
export * from './catalogue.ts';
export * from './counted-place.ts';
export * from './counting.ts';
export * from './day-types.ts';
export * from './decode.ts';
export * from './definitions.ts';
export * from './dimensions.ts';
export { MAX_DEPTH, MAX_EVENT_BYTES, type PartialEvent, type RawRecord } from './envelope.ts';
export * from './event-json-schema.ts';
export * from './evidence.ts';
export * from './explain.ts';
export * from './forecasting.ts';
export * from './horizons.ts';
export * from './indicators.ts';
export { instantOf } from './instant.ts';
export * from './isolated.ts';
export * from './judging.ts';
export * from './kept.ts';
export * from './language.ts';
export * from './measures.ts';
export { essence, JSON_MEDIA_TYPE } from './media-type.ts';
export * from './notebooks.ts';
export * from './notify.ts';
export * from './outlines.ts';
export * from './pages.ts';
export * from './pairing.ts';
export type { Parsed } from './parsed.ts';
export * from './patch.ts';
export * from './people.ts';
export * from './place.ts';
export * from './place-text.ts';
export * from './portals.ts';
export * from './progress.ts';
export * from './project.ts';
export * from './pulse.ts';
export * from './quarantine.ts';
export * from './query.ts';
export { bounded, MAX_REASON_LENGTH, QUARANTINE_CODES, type QuarantineCode } from './refused.ts';
export * from './relative.ts';
export * from './rights.ts';
export * from './room-name.ts';
export * from './rosters.ts';
export * from './rules.ts';
export { plainLines, plainText } from './schema.ts';
export * from './scope.ts';
export * from './screens.ts';
export * from './service-index.ts';
export * from './session.ts';
export * from './share-interval.ts';
export * from './shown.ts';
export * from './socket.ts';
export * from './standings.ts';
export * from './submission.ts';
export * from './sums.ts';
export * from './thresholds.ts';
export * from './usual-curve.ts';
export * from './views.ts';
export * from './wall.ts';
