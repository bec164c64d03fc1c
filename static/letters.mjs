// The letters that the shipped fonts hold: those of DIN 91379 (names of people and places in the Latin script) as
// far as Fira Sans draws them, and the signs that German and English texts use. A letter beyond them is shown in
// the device's own font.
function range(from, to) {
  let s = "";
  for (let c = from; c <= to; c++) s += String.fromCodePoint(c);
  return s;
}

export const letters = [
  range(0x20, 0x7e), // Basic Latin
  range(0xa0, 0xff), // Latin-1
  range(0x100, 0x17f), // Latin Extended-A
  "ƏƠơƯưǍǎǏǐǑǒǓǔǦǧǨǩǪǫǬǭǮǯǴǵǸǹǺǻǼǽǾǿȘșȚțȞȟȪȫȬȭȮȯȰȱȲȳəʒ", // Latin Extended-B
  "ḂḃḊḋḐḑḞḟḠḡḢḣḤḥḦḧḨḩḰḱḲḳḴḵḶḷḺḻṀṁṂṃṄṅṆṇṈṉṐṑṔṕṖṗṘṙṚṛṞṟṠṡṢṣṪṫṬṭṮṯẀẁẂẃẄẅẆẇẍẎẏẐẑẒẓẔẕẖẗẞẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ", // Latin Extended Additional
  "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0323\u0326\u0327\u0328\u0331", // combining marks
  "ʹʺʼˈ", // modifier letters
  "–—‘’‚“”„†•…‰‹›€™−→←\u00ad\u202f", // punctuation and signs
].join("");
