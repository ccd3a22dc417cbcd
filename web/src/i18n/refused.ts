/** Why the server lets a page hear no numbers, with the way out: loaded once it does. */
export const refused = {
  vi: {
    refusedOfPerson:
      'Bạn đang mở phòng này ở quá nhiều nơi, tính chung mọi thiết bị. Hãy đóng bớt trang hoặc kết thúc phiên ở trang tài khoản; trang này sẽ tự chạy tiếp.',
    refusedOfScreen:
      'Mã của màn hình này đang được dùng ở quá nhiều nơi. Quản trị viên hãy thu hồi nó ở /admin/screens rồi duyệt từng màn hình bằng mã riêng.',
    refusedFull:
      'Máy chủ này đã đủ người xem. Trang sẽ tự thử lại; hãy đóng các trang không ai đọc, hoặc báo người vận hành thêm máy chủ.',
    refusedSession: 'Phiên của bạn đã kết thúc. Hãy đăng nhập lại ở /sign-in.',
    refusedRight: 'Bạn không có quyền xem số liệu. Quản trị viên cấp quyền đó ở /admin/people.',
    refusedAddress:
      'Phòng không nhận ra địa chỉ này. Hãy mở phòng bằng tên đã định; người vận hành đặt tên đó trong PUBLIC_URL.',
    refusedBusy: 'Lúc này có quá nhiều yêu cầu. Trang sẽ tự thử lại.',
    refusedDatabase: 'Phòng chưa biết ai đang hỏi vì cơ sở dữ liệu không trả lời. Trang sẽ tự thử lại.',
    refusedOtherwise: 'Máy chủ từ chối kết nối ({code}). Trang sẽ tự thử lại; nếu vẫn vậy, hãy báo người vận hành.',
  },
  en: {
    refusedOfPerson:
      'You have this room open in too many places, on all your devices together. Close some pages, or end sessions at your account; this page then goes on by itself.',
    refusedOfScreen:
      'What this wall display comes in by is used in too many places. An administrator revokes it at /admin/screens, and approves each display by a code of its own.',
    refusedFull:
      'This server has all the viewers it takes. This page tries again by itself; close pages that nobody reads, or ask the operator for one more server.',
    refusedSession: 'Your session has ended. Sign in again at /sign-in.',
    refusedRight: 'You have no right to see numbers. An administrator gives it at /admin/people.',
    refusedAddress:
      'The room does not know this address. Open it by its own name, which the operator sets as PUBLIC_URL.',
    refusedBusy: 'Many others ask at the moment. This page tries again by itself.',
    refusedDatabase: 'The room cannot tell who asks, as its database does not answer. This page tries again by itself.',
    refusedOtherwise:
      'The server refuses the connection ({code}). This page tries again by itself; where that does not help, tell the operator.',
  },
} as const;
