//! The rules that all resources share: refusals with 409.

kernel::rules! {
    /// A record is deleted that other records refer to.
    pub(crate) REFERENCED = "referenced",
        "다른 자료가 참조하고 있어 삭제할 수 없습니다.",
        "This record cannot be deleted because other records refer to it.";
    /// A merge is undone although what it moved or filled in was changed, moved or deleted afterwards.
    pub MERGE_CHANGED = "merge.changed",
        "병합한 뒤에 자료가 변경, 이동 또는 삭제되어 병합을 되돌릴 수 없습니다: {changed}",
        "The merge cannot be undone because data was changed, moved or deleted afterwards: {changed}";
    /// Events are read from a number that is older than the oldest event that is kept.
    pub(crate) CURSOR_EXPIRED = "events.cursor_expired",
        "보존 기간이 지난 이벤트입니다. 처음부터 다시 읽으세요.",
        "The events after this number are no longer kept. Read again from the beginning.";
    /// More rows are exported than an Excel worksheet can have.
    pub(crate) TOO_MANY_ROWS = "too_many_rows",
        "행이 너무 많아 엑셀 시트에 담을 수 없습니다. CSV로 내보내세요.",
        "There are more rows than an Excel worksheet can have. Export as CSV instead.";
    /// A file is imported that was imported before.
    pub(crate) IMPORT_SAME_FILE = "import.same_file",
        "이미 가져온 파일입니다. 다시 가져오려면 repeat=true를 지정하세요.",
        "This file was already imported. To import it again, send repeat=true.";
    /// An import is undone that has not been completed.
    pub(crate) IMPORT_NOT_DONE = "import.not_done",
        "완료된 가져오기만 되돌릴 수 있습니다.",
        "Only a completed import can be undone.";
    /// An import is undone although its rows were changed afterwards or are referred to.
    pub(crate) IMPORT_IN_USE = "import.in_use",
        "가져온 뒤에 변경된 행({changed}건)이나 다른 자료가 참조하는 행({referenced}건)이 있어 되돌릴 수 없습니다.",
        "The import cannot be undone: rows changed afterwards: {changed}, rows that other records refer to: {referenced}.";
}
