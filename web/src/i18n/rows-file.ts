/** Of files of rows that a page takes: loaded with it, so that a wall is no larger for it. */
export const rowsFile = {
  vi: {
    rowsPick: 'Tệp CSV',
    rowsTemplate: 'Tải tệp mẫu',
    rowsColumns: 'Thiếu cột {names}.',
    rowsEmpty: 'Tệp không có dòng nào.',
    rowsLong: 'Tệp có {n} dòng; mỗi lần tối đa 1.000.',
    rowsBig: 'Tệp lớn hơn 2 MB.',
    rowsEncoding: 'Không đọc được chữ trong tệp: hãy lưu lại dạng “CSV UTF-8” rồi chọn lại.',
    rowsQuote: 'Một dấu ngoặc kép được mở mà không đóng: sửa tệp rồi chọn lại.',
    rowsGood: '{n} dòng hợp lệ.',
    rowsBad: '{n} dòng bị từ chối: sửa tệp rồi chọn lại.',
    rowsRow: 'Dòng',
    rowsField: 'Cột',
    rowsFault: 'Lý do bị từ chối',
  },
  en: {
    rowsPick: 'CSV file',
    rowsTemplate: 'Take an empty file',
    rowsColumns: 'Columns are missing: {names}.',
    rowsEmpty: 'The file has no rows.',
    rowsLong: 'The file has {n} rows; 1,000 at most at a time.',
    rowsBig: 'The file is larger than 2 MB.',
    rowsEncoding: 'The text of the file cannot be read: save it as "CSV UTF-8" and choose it again.',
    rowsQuote: 'A quotation mark is opened and never closed: mend the file and choose it again.',
    rowsGood: '{n} row is sound. | {n} rows are sound.',
    rowsBad:
      '{n} row is refused: mend the file and choose it again. | {n} rows are refused: mend the file and choose it again.',
    rowsRow: 'Row',
    rowsField: 'Column',
    rowsFault: 'Why it is refused',
  },
};
