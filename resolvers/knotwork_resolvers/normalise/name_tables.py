"""Small tables about people's names: facts of the languages, in folded form."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# The family names that nearly all Vietnamese bear, and rarer ones that are given names too.
COMMON_FAMILIES = words("""
    nguyen tran le pham hoang huynh vu vo phan truong bui dang do ngo ho duong dinh ly dao doan vuong trinh lam luong
    phung mai to cao quach luu tong kieu
""")
RARE_FAMILIES = words("""
    ha thai chau ta la lai tang tieu quang au chu dam khuat cu ninh mac nghiem nghe thach trieu vi bach banh che chung
    co cong diep giang hua khong khuu kim lo loc lu ma mau nhan nhu nong ong on phi phu pho sam sa son su tat than thi
    thieu thoi tiet ton tra trang tu ung uong van vien vinh hinh hong han hang luc luyen lieu ngan nhac
""")

# Words between family and given name that hardly ever stand elsewhere, so that they tell a Vietnamese name.
MIDDLES = words("thi van huu duc cong dinh ngoc quoc thanh minh xuan thu kim hoang bao gia nhu dieu")

# What stands before a name and is no part of it.
HONORIFICS = words("""
    anh chi em ong ba co chu bac di cau mo thim be chau thay
    mr mrs ms miss mx mister madam mme sir dr doctor prof professor rev
    kh khach quykhach bs ths ts gs pgs ks ls
    """)
TWO_WORD_HONORIFICS = frozenset({"khach hang", "quy khach", "bac si", "thac si", "tien si", "giao su", "ky su"})

# What stands behind a name and is no part of it.
SUFFIXES = words("jr sr ii iii iv md phd esq zalo fb facebook")

# What stands in a name's column where there is no name.
NO_NAMES = words("""
    test tester testing khach guest customer user name noname unknown anonymous null none nil na undefined admin
    demo sample abc xyz asdf qwerty fname lname firstname lastname ten
    """) | {
    "khach hang",
    "khach le",
    "quy khach",
    "khach vang lai",
    "n a",
    "no name",
    "khong ten",
    "khong co",
    "chua co ten",
    "first last",
    "test test",
    "full name",
    "ho ten",
    "ho va ten",
}

# Short forms of given names, and the one they are compared as.
NICKNAMES = {
    short: full
    for full, shorts in {
        "abigail": "abby gail",
        "alexander": "alex alec sandy xander",
        "alfred": "alf alfie",
        "andrew": "andy drew",
        "anthony": "tony",
        "barbara": "barb babs",
        "benjamin": "ben benny benji",
        "catherine": "cathy kathy kate katie cath katherine kathryn kath",
        "charles": "charlie chuck chas",
        "christopher": "chris kit topher",
        "daniel": "dan danny",
        "david": "dave davy",
        "deborah": "deb debbie debra",
        "edward": "ed eddie ted teddy ned",
        "elizabeth": "liz lizzie beth betty eliza lisa libby",
        "frederick": "fred freddie freddy",
        "gerald": "gerry",
        "gregory": "greg",
        "henry": "harry hank",
        "isabella": "bella isabel isabelle",
        "jacob": "jake",
        "james": "jim jimmy jamie",
        "jennifer": "jen jenny",
        "jessica": "jess jessie",
        "john": "jack johnny jon",
        "jonathan": "jonny",
        "joseph": "joe joey",
        "joshua": "josh",
        "kenneth": "ken kenny",
        "lawrence": "larry laurie",
        "leonard": "len lenny leo",
        "margaret": "maggie meg peggy marge",
        "matthew": "matt",
        "michael": "mike mick mickey",
        "nathaniel": "nate nat nathan",
        "nicholas": "nick nicky nicolas",
        "oliver": "ollie",
        "pamela": "pam",
        "patricia": "pat patty tricia",
        "peter": "pete",
        "philip": "phil phillip",
        "rebecca": "becky becca",
        "richard": "rick dick rich ricky",
        "robert": "bob bobby rob robbie",
        "ronald": "ron ronnie",
        "samuel": "sam sammy",
        "samantha": "sammie",
        "sarah": "sara sally",
        "stephen": "steve steven stevie",
        "susan": "sue susie suzanne",
        "theodore": "theo",
        "thomas": "tom tommy",
        "timothy": "tim timmy",
        "victoria": "vicky tori",
        "william": "bill billy will willie liam",
        "zachary": "zach zack",
    }.items()
    for short in shorts.split()
}

# Words that say what kind of company a name names, and not which.
COMPANY_WORDS = words("""
    inc incorporated corp corporation co company ltd limited llc llp plc gmbh ag sa srl bv nv pte pty pl private the
    and und va cty ty tnhh cp cong phan trach nhiem huu han mtv doanh nghiep dntn jsc
    """)
SURELY_COMPANIES = words(
    "inc incorporated corp corporation company ltd limited llc llp plc gmbh pte pty srl tnhh dntn jsc"
)
"""Those of them that are nobody's name."""
TRADES = {
    "mfg": "manufacturing", "intl": "international", "svc": "services", "svcs": "services", "mgmt": "management",
    "bros": "brothers", "univ": "university", "dept": "department", "eng": "engineering", "assoc": "associates",
    "assocs": "associates", "ctr": "center", "centre": "center", "natl": "national", "hosp": "hospital",
    "tm": "thuong mai", "dv": "dich vu", "tmdv": "thuong mai dich vu", "xd": "xay dung", "sx": "san xuat",
    "sxtm": "san xuat thuong mai", "xnk": "xuat nhap khau", "vt": "van tai", "dl": "du lich", "dt": "dau tu",
    "dtpt": "dau tu phat trien", "cn": "chi nhanh",
}  # fmt: skip
"""Short words for what companies do, written out."""
