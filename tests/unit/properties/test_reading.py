"""What a file is, and its rows as a stream: broken ones are named, good ones get through, every one can be gone on from."""

import io

import pytest

from steward.kernel.errors import Invalid
from steward.properties.intake.reading import MAX_LINE, Row, rows
from steward.properties.intake.sniffing import SAMPLE_BYTES, sniff
from steward.properties.model import Layout

BODY = 'id,price,note\n1,100,a\n2,200,"b\nc"\n\n3,3\n4,5,6,7\n5,5,,\n'


def read(content: bytes) -> tuple[Layout, list[Row]]:
    layout = sniff(content[:SAMPLE_BYTES], whole=len(content) <= SAMPLE_BYTES)
    return layout, rest(content, layout, offset=layout.start, line=layout.line)


def rest(content: bytes, layout: Layout, *, offset: int, line: int) -> list[Row]:
    stream = io.BytesIO(content)
    stream.seek(offset)
    return list(rows(stream, layout, offset=offset, line=line))


def faults(content: bytes) -> dict[int, str]:
    return {row.line: row.fault for row in read(content)[1] if row.fault}


def test_rows_know_their_line_and_what_is_wrong_with_them() -> None:
    _, found = read(BODY.encode())
    assert [(row.line, row.cells) for row in found if not row.fault] == [
        (2, ["1", "100", "a"]),
        (3, ["2", "200", "b\nc"]),
        (8, ["5", "5", ""]),
    ]
    assert faults(BODY.encode()) == {6: "This row has 2 fields, the header has 3", 7: "This row has 4 fields, the header has 3"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_any_row_can_be_gone_on_from_by_its_byte(encoding: str) -> None:
    content = (BODY + '6,é€,x\n7,1,"a"\n').encode(encoding)
    layout, found = read(content)
    assert found[-2].cells == ["6", "é€", "x"]
    assert found[-1].end == len(content)
    for place, row in enumerate(found):
        assert rest(content, layout, offset=row.end, line=row.after) == found[place + 1 :]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_found(delimiter: str, newline: str) -> None:
    layout, found = read(BODY.replace('"b\nc"', "b").replace(",", delimiter).replace("\n", newline).encode())
    assert layout.delimiter == delimiter
    assert [row.cells[0] for row in found if not row.fault] == ["1", "2", "5"]


def test_five_megabytes_in_one_field_hold_back_one_row_and_little_memory() -> None:
    _, found = read(b'id,note\n1,"' + b"x" * 5_000_000 + b'"\n2,b\n3,' + b"y" * 200_000 + b"\n4,ok\n")
    assert [(row.line, row.cells[0]) for row in found if not row.fault] == [(3, "2"), (5, "4")]
    assert "more than 262,144 characters" in found[0].fault
    assert "A field of this row" in found[2].fault
    assert all(len(row.cells[0]) <= MAX_LINE // 100 for row in found)


def test_a_quotation_mark_that_is_never_closed_holds_back_one_row() -> None:
    _, found = read(b'id,note\n1,"open\n' + b"".join(b"%d,x\n" % number for number in range(300)))
    assert [row.line for row in found if row.fault] == [2]
    assert len(found) == 301


def test_a_row_cut_off_at_the_end_is_held_back() -> None:
    assert faults(b"id,price,note\n1,2,a\n2,3") == {3: "The file is cut off in the middle of this row"}
    assert faults(b'id,price,note\n1,2,a\n2,3,"half') == {3: "The file is cut off in the middle of this row"}
    assert faults(b"id,price,note\n1,2,a\n2,3,b") == {}


def test_a_nul_bytes_that_are_no_text_and_a_second_header_are_held_back() -> None:
    assert faults(b"id,note\n1,a\0b\n2,c\n") == {2: "This row holds a NUL byte"}
    assert faults("id,note\n1,é\n".encode() + b"2,\xff\n") == {3: "This row holds bytes that are not utf-8 text"}
    assert faults(b"id,note\n1,a\nID,Note\n2,b\n") == {3: "This row repeats the header"}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"PK\x03\x04" + b"\0" * 30 + b"roll.csv", "a ZIP archive"),
        (b"PK\x03\x04" + b"\0" * 30 + b"xl/workbook.xml", "a spreadsheet (Excel)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a spreadsheet (Excel)"),
        (b"\x89PNG\r\n\x1a\n", "an image (PNG)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "an image (JPEG)"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b'[{"id": 1}]', "a JSON file"),
        (b"<!doctype html><table>", "a web page"),
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf\n\n  \n", "The file is empty"),
        (
            b"King County\nSales, 2014\n\nid,price,beds,zip\n1,2,3,98103\n2,3,4,98103\n",
            "begins with 2 lines before its header ('King County')",
        ),
        (b"Report,,,\nAll of 2014,,,\nid,price,beds,zip\n1,2,3,98103\n", "begins with 2 lines before its header ('Report')"),
        (b"1,2014-01-02,300000\n2,2014-01-03,310000\n", "The first line holds values"),
        (b"id,price,Price\n1,2,3\n", "Two columns are named 'price'"),
        (b"id," + b"x" * 5_000 + b"\n1,2\n", "has a name of 5,000 characters"),
        (b"id," + b",".join(b"c%d" % number for number in range(400)) + b"\n", "has 401 columns"),
        (b"id price beds\n1 2 3\n", "No columns were found"),
        (b"PK\x03\x04" + b"\0" * 26 + b"late" + b"\x07" * 9_000 + b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.xml", "a spreadsheet (Excel)"),
        (b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0", "an image (BMP)"),
        (b"\x7fELF" + bytes(range(256)) * 4, "a binary file"),
    ],
)
def test_what_is_no_table_is_refused_by_name(content: bytes, named: str) -> None:
    with pytest.raises(Invalid) as refused:
        sniff(content, whole=True)
    assert named in refused.value.detail


@pytest.mark.parametrize(
    ("content", "mend"),
    [
        (b"\x1f\x8b\x08\0", "Unpack it and drop the CSV file in it."),
        (b"\x89PNG\r\n\x1a\n", "Choose a CSV file with one property a line."),
        (b"%PDF-1.7\n", "Ask whoever made it for the table as CSV and drop that file."),
        (b"<!doctype html><table>", "Ask the site for a CSV download and drop that file."),
        (b'[{"id": 1}]', "Export the table as CSV and drop that file."),
        (b"\x7fELF" + bytes(range(256)) * 4, "Choose a CSV file with one property a line."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Save the sheet as CSV and drop that file."),
    ],
)
def test_what_to_do_instead_fits_what_the_file_is(content: bytes, mend: str) -> None:
    with pytest.raises(Invalid) as refused:
        sniff(content, whole=True)
    assert refused.value.detail.endswith(f". {mend}")


def test_a_header_of_which_one_name_is_told_is_a_header() -> None:
    assert sniff(b"id,,\n1,2,3\n", whole=True).header == ["id", "column 2", "column 3"]


@pytest.mark.parametrize("header", [b"BMI,price", b"[id],[price]", b"PARCEL,price", b"{id},price"])
def test_a_header_that_begins_like_another_kind_of_file_is_a_header(header: bytes) -> None:
    assert sniff(header + b"\n1,2\n", whole=True).header[1].strip("[]") == "price"


def test_a_first_line_without_end_is_no_header() -> None:
    with pytest.raises(Invalid, match="goes on for more than"):
        sniff(b"id," + b"x" * 300_000, whole=False)


def test_names_of_columns_are_shown_as_one_clean_line() -> None:
    assert sniff(b'id,"pr\0ice\r\nin $",caf\xff,\xc3\xa9\n1,2,3,4\n', whole=True).header == ["id", "pr ice in $", "caf\ufffd", "\u00e9"]


def test_a_header_of_another_delimiter_than_its_rows_hears_both() -> None:
    with pytest.raises(Invalid, match="header are separated by commas, those of the rows by semicolons"):
        sniff(b"parcel,sale date,price\n1;2015-01-02;300000\n2;2015-01-03;310000\n", whole=True)
