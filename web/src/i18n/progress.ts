/** How far an indicator is: what the page of programmes and the wall's scene of them both say. */
export const progress = {
  vi: {
    progChanceLeast: 'ít nhất {chance}',
    progChanceMost: 'nhiều nhất {chance}',
    progChanceText: '{chance} ({low}–{high})',
    progMet: 'đã đạt',
    progNoReportLeft: 'không còn kỳ báo cáo nào trước mốc',
    progTooFew: 'quá ít báo cáo để nói',
    progLive: 'Hệ thống đếm: {value}',
    progLiveChance: '{chance} theo dự báo từ số đếm',
  },
  en: {
    progChanceLeast: 'at least {chance}',
    progChanceMost: 'at most {chance}',
    progChanceText: '{chance} ({low}–{high})',
    progMet: 'met',
    progNoReportLeft: 'no report is left before the date',
    progTooFew: 'too few reports to tell',
    progLive: 'The room counts {value}',
    progLiveChance: '{chance} by the forecast of what is counted',
  },
};
