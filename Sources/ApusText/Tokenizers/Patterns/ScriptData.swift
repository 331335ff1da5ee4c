// Made from the Unicode character database (version 9, which the scripts of sentencepiece follow), whose
// licence is in THIRD_PARTY.md.

/// The scripts of characters: a name, a colon and ranges: the distance from the end of the range before and, after a hyphen, how
/// many more characters there are, in hexadecimal digits. `+` goes on with the script before.
enum ScriptData {
  /// All scripts.
  static let ranges: StaticString = """
    Adlam:1E900-4A,6-9,5-1 Ahom:11700-19,4-E,5-F AnatolianHieroglyphs:14400-246
    Arabic:600-4,2-5,2-D,4,2-1F,2-9,C-19,2-6B,2-21,51-2F,121-14,2-7,17-D,2-1C,F251-71,12-16A,13-3F,3-35,29-D,73-4,
    +2-86,F64-1E,DF82-3,2-1A,2-1,2,3,2-9,2-3,2,2,7,5,2,2,2-2,2-1,2,3,2,2,2,2,2-1,2,3-3,2-6,2-3,2-3,2,2-9,2-10,6-2,
    +2-4,2-10,35-1 Armenian:531-25,3-6,2-26,3,3-2,F584-4 Avestan:10B00-35,4-6 Balinese:1B00-4B,5-2C
    Bamum:A6A0-57,C109-238 BassaVah:16AD0-1D,3-5 Batak:1BC0-33,9-3
    Bengali:980-3,2-7,3-1,3-15,2-6,2,4-3,3-8,3-1,3-3,9,5-1,2-4,3-15 Bhaiksuki:11C00-8,2-2C,2-D,B-1C
    Bopomofo:2EA-1,2E1A-28,73-1A Brahmi:11000-4D,5-1D,10 Braille:2800-FF Buginese:1A00-1B,3-1 Buhid:1740-13
    CanadianAboriginal:1400-27F,231-45 Carian:102A0-30 CaucasianAlbanian:10530-33,C Chakma:11100-34,2-D
    Cham:AA00-36,A-D,3-9,3-3 Cherokee:13A0-55,3-5,9773-4F
    Common:0-40,1B-5,1B-2E,2-E,2-4,18,20,1C2-26,6-4,3-13,75,A,7,2,202,7C,7,F-1,3,21,9D,205,82-1,4DA,196-3,123,
    +5F0-2,48-1,CC-1,2,4CE,E,8-3,2-5,2-1,30A-B,3-56,2-A,4-A,2-E,12-1E,42-25,2-2,3-5,2-1A,2-10,2A-2,5-26E,2-26,
    +1A-A,16-39F,101-273,3-1F,3-21,4-B,2-7,1B-3,211-44,1AC-B,5-4,2,2-18,10-7,5-3,5C-1,4,5B-1,94-F,21-23,3D-3F,
    +20-50,89-A7,19C1-3F,5901-21,67-2,A6-9,F5,A1,18C,51E3-1,D1-9,17-22,2-12,2-3,94,2-1F,1B-5,1B-A,B,2E-1,41-6,2-6,
    +B-4,103-2,5-2C,4-8,51-B,35-2C,E5-1A,B9A5-3,135D-F5,B-26,3-3D,4-10,9-1,8-1D,5-3A,118-56,A-11,8F-54,2-46,2-1,3,
    +3-1,3-3,2-B,2,2-6,2-40,2-3,3-7,2-6,2-1B,2-3,2-4,2,4-6,2-153,3-123,3-31,1801-2B,5-63,D-E,3-E,2-E,2-24,B-C,
    +4-1E,2-3B,5-3C,3A-19,2-1,E-2B,5-8,8-1,AF-3D2,E-C,4-6,A-73,D-54,2C-B,5-37,9-9,7-27,9-1D,63-E,2-7,9,3-B,2-B,
    +5-E,22-11,2F,C0641,1F-5F Coptic:3E2-D,2891-73,6-6 Cuneiform:12000-399,67-6E,2-4,C-C3
    Cypriot:10800-5,3,2-2B,2-1,4,3 Cyrillic:400-84,3-A8,1751-8,A3,4D,1068-1F,7841-5F,578F-1 Deseret:10400-4F
    Devanagari:900-50,3-10,3-19,9F61-1D Duployan:1BC00-6A,6-C,4-8,8-9,3-3 EgyptianHieroglyphs:13000-42E
    Elbasan:10500-27
    Ethiopic:1200-48,2-3,3-6,2,2-3,3-28,2-3,3-20,2-3,3-6,2,2-3,3-E,2-38,2-3,3-42,3-1F,4-19,19E7-16,A-6,2-6,2-6,
    +2-6,2-6,2-6,2-6,2-6,7D23-5,3-5,3-5,A-6,2-6 Georgian:10A0-25,2,6,3-2A,2-3,1C01-25,2,6
    Glagolitic:2C00-2E,2-2E,1B3A2-6,2-10,3-6,2-1,2-4 Gothic:10330-1A
    Grantha:11300-3,2-7,3-1,3-15,2-6,2-1,2-4,3-8,3-1,3-2,3,7,6-6,3-6,4-4
    Greek:370-3,2-2,3-3,2,5,2,2-2,2,2-13,2-3E,F-F,1927-4,33-4,5-4,55,141-15,3-5,3-25,3-5,3-7,2,2,2,2-1E,3-34,2-E,
    +2-D,3-5,2-12,3-2,2-8,128,8A3F,55DB-4E,12,D060-45
    Gujarati:A81-2,2-8,2-2,2-15,2-6,2-1,2-4,3-9,2-2,2-2,3,10-3,3-B,8
    Gurmukhi:A01-2,2-5,5-1,3-15,2-6,2-1,2-1,2-1,3,2-4,5-1,3-2,4,8-3,2,8-F
    Han:2E80-19,2-58,D-D5,30,2,1A-8,F-3,3C5-19B5,4B-51D5,592B-16D,3-69,10527-A6D6,2A-1034,C-DD,3-1681,295F-21D
    Hangul:1100-FF,1E2F-1,102-5D,72-1E,42-1E,76E2-1C,284-2BA3,D-16,5-30,27A5-1E,4-5,3-5,3-5,3-2 Hanunoo:1720-14
    Hatran:108E0-12,2-1,6-4 Hebrew:591-36,9-1A,6-4,F529-19,2-4,2,2-1,2-1,2-9 Hiragana:3041-55,7-2,17F62,41FF
    ImperialAramaic:10840-15,2-8
    Inherited:300-6F,116-1,1C5-A,1B,2E1-1,115E-E,212-2,2-C,2-6,5,7,4-1,C7-35,6-4,20D-1,C3-20,F3A-3,6C-1,CD66-F,
    +11-D,3D0,E3,CE87-2,12-7,3-6,1F-3,C2F53-EF InscriptionalPahlavi:10B60-12,6-7 InscriptionalParthian:10B40-15,3-7
    Javanese:A980-4D,3-9,5-1 Kaithi:11080-41 Kannada:C80-3,2-7,2-2,2-16,2-9,2-4,3-8,2-2,2-3,8-1,8,2-3,3-9,2-1
    Katakana:30A1-59,3-2,F1-F,D1-2E,2-57,CC0F-9,2-2C,B063 KayahLi:A900-2D,2
    Kharoshthi:10A00-3,2-1,6-7,2-2,2-1A,5-2,5-8,9-8 Khmer:1780-5D,3-9,7-9,1E7-1F Khojki:11200-11,2-2B
    Khudawadi:112B0-3A,6-9 Lao:E81-1,2,3-1,2,3,7-3,2-6,2-2,2,2,3-1,2-C,2-2,3-4,2,2-5,3-9,3-3
    Latin:41-19,7-19,30,10,6-16,2-1E,2-1C0,28-4,1A1C-25,7-30,6-3,6-C,2-45,42-FF,172,E,11-C,8E-1,7,1C,12-28,AD8-1F,
    +7AA3-65,4-23,2-7,40-8,331-2A,2-8,4F9C-6,41B-19,7-19 Lepcha:1C00-37,4-E,4-2 Limbu:1900-1E,2-B,5-B,5,4-B
    LinearA:10600-136,A-15,B-7 LinearB:10000-B,2-19,2-12,2-1,2-E,3-D,23-7A Lisu:A4D0-2F Lycian:10280-1C
    Lydian:10920-19,6 Mahajani:11150-26 Malayalam:D01-2,2-7,2-2,2-28,3-7,2-2,2-5,5-F,3-19 Mandaic:840-1B,3
    Manichaean:10AC0-26,5-B Marchen:11C70-1F,3-15,2-D MeeteiMayek:AAE0-16,CA-2D,3-9 MendeKikakui:1E800-C4,3-F
    MeroiticCursive:109A0-17,5-13,3-2D MeroiticHieroglyphs:10980-1F Miao:16F00-44,C-2E,11-10 Modi:11600-44,C-9
    Mongolian:1800-1,3,2-8,2-9,7-57,9-2A,FDB6-C Mro:16A40-1E,2-9,5-1 Multani:11280-6,2,2-3,2-E,2-A
    Myanmar:1000-9F,9941-1E,62-1F Nabataean:10880-1E,9-8 NewTaiLue:1980-2B,5-19,7-A,4-1 Newa:11400-59,2,2 Nko:7C0-3A
    Ogham:1680-1C OlChiki:1C50-2F OldHungarian:10C80-32,E-32,8-5 OldItalic:10300-23 OldNorthArabian:10A80-1F
    OldPermic:10350-2A OldPersian:103A0-23,5-D OldSouthArabian:10A60-1F OldTurkic:10C00-48
    Oriya:B01-2,2-7,3-1,3-15,2-6,2-1,2-4,3-8,3-1,3-2,9-1,5-1,2-4,3-11 Osage:104B0-23,5-23 Osmanya:10480-1D,3-9
    PahawhHmong:16B00-45,B-9,2-6,2-14,6-12 Palmyrene:10860-1F PauCinHau:11AC0-38 PhagsPa:A840-37
    Phoenician:10900-1B,4 PsalterPahlavi:10B80-11,8-3,D-6 Rejang:A930-23,C Runic:16A0-4A,4-A Samaritan:800-2D,3-E
    Saurashtra:A880-45,9-B Sharada:11180-4D,3-F Shavian:10450-2F Siddham:11580-35,3-25
    SignWriting:1D800-28B,10-4,2-E Sinhala:D82-1,2-11,4-17,2-8,2,3-6,4,5-5,2,2-7,7-9,3-2,103ED-13
    SoraSompeng:110D0-18,8-9 Sundanese:1B80-3F,101-7 SylotiNagri:A800-2B Syriac:700-D,2-3B,3-2 Tagalog:1700-C,2-6
    Tagbanwa:1760-C,2-2,2-1 TaiLe:1950-1D,3-4 TaiTham:1A20-3E,2-1C,3-A,7-9,7-D TaiViet:AA80-42,19-4
    Takri:11680-37,9-9 Tamil:B82-1,2-5,4-2,2-3,4-1,2,2-1,4-1,4-2,4-B,5-4,4-2,2-3,3,7,F-14
    Tangut:16FE0,20-17EC,14-2F2 Telugu:C00-3,2-7,2-2,2-16,2-F,4-7,2-2,2-3,8-1,2-2,6-3,3-9,9-7 Thaana:780-31
    Thai:E01-39,6-1B Tibetan:F00-47,2-23,5-26,2-23,2-E,2-6,5-1 Tifinagh:2D30-37,8-1,F Tirhuta:11480-47,9-9
    Ugaritic:10380-1D,2 Vai:A500-12B WarangCiti:118A0-52,D Yi:A000-48C,4-36
    """
}
