/** What each measure counts, in words that a meeting can hold it to. */
import type { Language } from './language.ts';
import type { Measure } from './points.ts';

export const DEFINITIONS: Readonly<Record<Measure, Readonly<Record<Language, string>>>> = {
  submitted: {
    vi: 'Số hồ sơ đạt trạng thái đầu vào trong kỳ, theo thời điểm hồ sơ đạt trạng thái đó. Mỗi sự kiện của cổng đếm một lần; đính chính cộng hoặc trừ vào ngày của chính nó.',
    en: 'Dossiers that reached an entry status in the period, by when they reached it. Each event of a portal counts once; a correction adds to or takes from its own day.',
  },
  submittedOnline: {
    vi: 'Trong số hồ sơ nộp: những hồ sơ nộp qua kênh mà danh mục ghi là trực tuyến.',
    en: 'Of the dossiers submitted, those that came by a channel which the catalogue calls online.',
  },
  onTime: {
    vi: 'Số hồ sơ kết thúc xử lý trong kỳ mà cổng báo là đúng hạn, theo thời điểm kết thúc.',
    en: 'Dossiers whose processing ended in the period and whose portal said that they were on time, by when they ended.',
  },
  late: {
    vi: 'Số hồ sơ kết thúc xử lý trong kỳ mà cổng báo là trễ hạn, theo thời điểm kết thúc.',
    en: 'Dossiers whose processing ended in the period and whose portal said that they were late, by when they ended.',
  },
  shareOnline: {
    vi: 'Hồ sơ nộp trực tuyến chia cho hồ sơ nộp trong kỳ.',
    en: 'Dossiers submitted online divided by dossiers submitted in the period.',
  },
  shareOnTime: {
    vi: 'Hồ sơ xong đúng hạn chia cho hồ sơ kết thúc mà cổng có báo hạn; hồ sơ không báo hạn không nằm trong mẫu số.',
    en: 'Dossiers finished on time divided by those that finished and whose portal said whether they were on time; others are in neither.',
  },
  backlogOpen: {
    vi: 'Số hồ sơ đang giải quyết theo báo cáo gần nhất của cổng tính đến cuối kỳ; là mức tại một thời điểm, không cộng theo thời gian.',
    en: 'Dossiers that are open, as portals last reported by the end of the period: a level at an instant, never added up over time.',
  },
  backlogOverdue: {
    vi: 'Trong số hồ sơ đang giải quyết: những hồ sơ đã quá hạn theo báo cáo gần nhất tính đến cuối kỳ.',
    en: 'Of the dossiers that are open, those that are beyond their date, as last reported by the end of the period.',
  },
  indexPoints: {
    vi: 'Điểm đạt được của những thành phần mà phòng đếm được trong bộ chỉ số của danh mục: mỗi thành phần là điểm tối đa nhân tỷ lệ của nó (trọn điểm từ mức mà bộ chỉ số nêu), tính trên chính những hồ sơ được hỏi. Chỉ so với số điểm đo được đứng cạnh, không phải với cả bộ; phần chưa đo được không tính là 0.',
    en: 'Points reached of those components of the catalogue’s index that the room counts: of each its most times its share (all from the share on that the index names), over the very dossiers asked for. To be held against the points measured beside it, never against the whole index; what is not measured is not zero.',
  },
  indexMeasured: {
    vi: 'Số điểm tối đa của những thành phần đo được: những thành phần mà trong kỳ có hồ sơ để tính tỷ lệ.',
    en: 'The most points that the measured components could have: of those components whose share has dossiers in the period.',
  },
  tasksOpen: {
    vi: 'Số nhiệm vụ của các kế hoạch, nghị quyết và chỉ đạo chưa kết thúc vào cuối kỳ, đúng như đã biết vào lúc đó; là mức tại một thời điểm, không cộng theo thời gian. Mỗi nhiệm vụ thuộc đúng một đơn vị. Trước khi giao nhiệm vụ đầu tiên thì chưa biết, không phải bằng không.',
    en: 'Tasks of plans and resolutions, and of directives, that were not settled at the end of the period, as was known then: a state, never added up over time. Each is of one unit. Before the first was given nothing is known, which is not zero.',
  },
  tasksOverdue: {
    vi: 'Trong số nhiệm vụ đang mở: những nhiệm vụ đã qua hạn mà chúng có lúc đó. Lùi hạn sau này không đổi con số của những ngày trước.',
    en: 'Of the tasks that are open, those past the due day that they had then: a due day that is put off later changes nothing of earlier days.',
  },
  tasksSettled: {
    vi: 'Số nhiệm vụ được xác nhận hoàn thành hoặc được rút trong kỳ, theo ngày kết thúc; cộng được theo thời gian.',
    en: 'Tasks that were confirmed as done, or withdrawn, in the period, by the day on which that was; they add up over time.',
  },
  linkVolume: {
    vi: 'Số yêu cầu mà các bên kết nối báo đã gửi đến các cơ sở dữ liệu quốc gia trong kỳ, theo lúc bắt đầu của từng khoảng báo cáo; báo cáo lại thay báo cáo trước. Bên không báo thì chưa biết, không phải bằng không. Kết nối của doanh nghiệp viễn thông không thuộc bộ hay tỉnh nào.',
    en: 'Requests to national databases that connected parties reported of the period, by where each interval begins; what is reported again replaces what was. Who does not report is not known, which is not zero. Links of telecoms are of no ministry and no province.',
  },
  linkErrors: {
    vi: 'Trong số yêu cầu qua kết nối: những yêu cầu quá giờ, không kết nối được, bị từ chối hoặc sai dữ liệu.',
    en: 'Of the requests over links, those that timed out, found no connection, were refused, or could not be read.',
  },
  linkErrorShare: {
    vi: 'Lỗi kết nối chia cho yêu cầu qua kết nối, tính trên tổng của cả kỳ.',
    en: 'Errors of links divided by requests over links, of the sums of the whole period.',
  },
};
