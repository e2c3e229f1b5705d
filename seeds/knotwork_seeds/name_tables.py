"""Family, middle and given names with rough weights: Vietnamese first, then the other people among the customers.

A table is `name weight` between bars. Combinations are drawn at random: nobody real is meant.
"""

from __future__ import annotations

VIETNAMESE_FAMILY = """
Nguyễn 315|Trần 109|Lê 89|Phạm 59|Hoàng 35|Huỳnh 30|Phan 28|Vũ 25|Võ 24|Đặng 21|Bùi 20|Đỗ 18|Hồ 13|Ngô 13
Dương 10|Lý 8|Đào 7|Đoàn 7|Vương 6|Trịnh 6|Đinh 6|Lâm 6|Phùng 4|Mai 4|Tô 4|Trương 12|Hà 5|Tạ 3|Lương 6|Cao 6
Châu 3|Thái 4|Tăng 2|Quách 1|Kiều 1|La 1|Lưu 4|Nghiêm 1|Tống 2|Triệu 2|Chu 3|Bạch 1|Từ 1|Diệp 1|Doãn 1|Khổng 1
Kim 1|Lại 2|Mạc 1|Ông 1|Phí 1|Sơn 1|Thạch 2|Thân 1|Tôn 1|Trang 1|Trà 1|Văn 1|Viên 1|Xa 1|Đồng 2|Giang 1|Hứa 1
Lục 1
"""

MALE_MIDDLE = """
Văn 30|Đức 8|Hữu 7|Minh 9|Quang 7|Xuân 4|Thanh 6|Ngọc 5|Quốc 6|Anh 4|Công 4|Đình 5|Bá 2|Duy 4|Gia 4|Hoàng 5
Huy 3|Khắc 2|Mạnh 3|Nhật 2|Tấn 3|Thế 3|Tiến 3|Trọng 3|Trung 3|Tuấn 3|Viết 2|Bảo 3
"""

FEMALE_MIDDLE = """
Thị 45|Ngọc 9|Thu 6|Thanh 7|Thúy 4|Kim 5|Bích 4|Hồng 5|Minh 4|Phương 5|Mỹ 3|Như 3|Quỳnh 3|Hoài 3|Diệu 2
Khánh 3|Lan 2|Mai 2|Tuyết 2|Yến 2|Ánh 2|Bảo 3|Hải 2|Xuân 3
"""

MALE_GIVEN = """
Hùng 9|Dũng 9|Tuấn 10|Minh 10|Nam 8|Long 8|Hải 7|Sơn 7|Huy 9|Khoa 5|Khôi 3|Đức 7|Anh 7|Bình 5|Cường 8|Đạt 8
Duy 6|Giang 3|Hà 2|Hậu 3|Hiếu 7|Hòa 4|Hoàng 7|Hưng 6|Khánh 4|Kiên 5|Lâm 4|Linh 2|Lộc 4|Lợi 3|Mạnh 4|Nghĩa 5
Nguyên 3|Nhân 4|Phát 4|Phong 6|Phú 4|Phúc 6|Quân 6|Quang 6|Quý 3|Tài 5|Tâm 4|Tân 4|Thái 5|Thắng 7|Thành 8
Thiện 4|Thịnh 5|Thuận 3|Tiến 6|Toàn 5|Trí 4|Trung 7|Trường 5|Tú 4|Tùng 6|Việt 5|Vinh 5|Vũ 4|Vương 2|An 3|Bảo 5
Chiến 3|Công 3|Danh 2|Đông 2|Khang 3|Luân 2|Nhật 3|Sang 3|Tín 2
"""

FEMALE_GIVEN = """
Lan 8|Hoa 8|Mai 8|Hương 10|Hằng 8|Hạnh 7|Hà 8|Linh 10|Trang 10|Thảo 10|Phương 9|Ngọc 8|Anh 9|Dung 5|Nga 5
Yến 6|Oanh 4|Loan 5|Thủy 7|Thu 5|Thúy 5|Vân 6|Xuân 3|Tuyết 3|Nhung 6|Ngân 7|My 5|Nhi 6|Quyên 4|Quỳnh 6|Trinh 4
Trâm 5|Trúc 4|Tú 2|Uyên 4|Vy 6|Châu 4|Chi 5|Diễm 3|Diệp 3|Duyên 4|Giang 4|Hân 4|Hiền 6|Hồng 5|Huệ 4|Huyền 6
Khánh 3|Lệ 2|Liên 4|Ly 3|Minh 4|Mỹ 2|Nguyệt 4|Như 4|Phượng 4|Phúc 1|Sương 2|Tâm 3|Thanh 5|Thi 2|Thoa 2|Thơ 2
Thư 4|Tiên 3|Vi 2|Ý 2|An 3|Bình 2|Cúc 3|Đào 2|Hoài 2
"""

# origin: family names, male given names, female given names, whether the family name comes first
OTHER_ORIGINS = (
    ("Smith 5|Johnson 4|Brown 4|Taylor 3|Wilson 3|Martin 3|Walker 2|Harris 2|Clarke 2|Murphy 2|Evans 2|Cooper 2",
     "James 4|David 4|Michael 4|Thomas 3|Andrew 3|Peter 3|Mark 2|Daniel 3|Paul 2|Simon 2|Oliver 2|George 1",
     "Emma 4|Sarah 4|Laura 3|Anna 3|Julia 3|Kate 2|Rachel 2|Helen 2|Claire 2|Alice 2|Grace 2|Lucy 1", False),
    ("Kim 10|Lee 8|Park 6|Choi 4|Jung 3|Kang 2|Cho 2|Yoon 2|Jang 2|Lim 2",
     "Min Jun 3|Seo Jun 3|Ji Hoon 3|Dong Hyun 3|Sung Min 2|Jae Won 2|Hyun Woo 3|Tae Yang 1",
     "Seo Yeon 3|Ji Woo 3|Min Ji 3|Soo Jin 3|Hye Jin 2|Eun Ji 2|Yu Na 2|Da Hye 1", True),
    ("Wang 8|Li 8|Zhang 7|Liu 5|Chen 6|Yang 3|Huang 3|Zhao 3|Wu 3|Zhou 3",
     "Wei 4|Jun 3|Lei 3|Qiang 2|Ming 3|Hao 3|Tao 2|Peng 2",
     "Fang 3|Na 3|Min 3|Jing 3|Li Na 2|Xiu Ying 2|Yan 3|Mei 2", True),
    ("Sato 5|Suzuki 5|Takahashi 4|Tanaka 4|Watanabe 3|Ito 3|Yamamoto 3|Nakamura 2",
     "Hiroshi 3|Takashi 3|Kenji 3|Daiki 2|Yuta 2|Kazuki 2", "Yuki 3|Sakura 2|Yoko 3|Keiko 2|Aiko 2|Naomi 2", False),
    ("Dubois 3|Moreau 3|Laurent 2|Lefebvre 2|Garcia 3|Müller 3|Schneider 2|Rossi 2|Silva 2|Novák 1",
     "Pierre 3|Luc 2|Jean 3|Hugo 2|Marco 2|José 2|René 1|Stefan 2",
     "Marie 3|Élise 2|Chloé 2|Sofia 3|Inès 1|Zoë 1|Camille 2", False),
)  # fmt: skip
