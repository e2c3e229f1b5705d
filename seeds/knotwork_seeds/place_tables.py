"""Wards and streets of Viet Nam, before and after the merger of July 2025 (63 provinces became 34, districts ceased).

Facts, put together for this project: a few wards of each province, with a weight that follows its population.
"""

from __future__ import annotations

# weight | province now | ward now | province before | district before | ward before
WARDS = """
30|Thành phố Hà Nội|Phường Bạch Mai|Thành phố Hà Nội|Quận Hai Bà Trưng|Phường Bạch Mai
30|Thành phố Hà Nội|Phường Giảng Võ|Thành phố Hà Nội|Quận Ba Đình|Phường Giảng Võ
30|Thành phố Hà Nội|Phường Kim Liên|Thành phố Hà Nội|Quận Đống Đa|Phường Kim Liên
25|Thành phố Hà Nội|Phường Bồ Đề|Thành phố Hà Nội|Quận Long Biên|Phường Ngọc Lâm
25|Thành phố Hà Nội|Phường Nghĩa Đô|Thành phố Hà Nội|Quận Cầu Giấy|Phường Nghĩa Tân
25|Thành phố Hà Nội|Phường Hà Đông|Thành phố Hà Nội|Quận Hà Đông|Phường Vạn Phúc
15|Thành phố Hà Nội|Phường Hoàn Kiếm|Thành phố Hà Nội|Quận Hoàn Kiếm|Phường Hàng Mã
15|Thành phố Hà Nội|Phường Xuân Phương|Thành phố Hà Nội|Quận Nam Từ Liêm|Phường Xuân Phương
40|Thành phố Hồ Chí Minh|Phường Bến Thành|Thành phố Hồ Chí Minh|Quận 1|Phường Bến Thành
35|Thành phố Hồ Chí Minh|Phường An Lạc|Thành phố Hồ Chí Minh|Quận Bình Tân|Phường An Lạc
35|Thành phố Hồ Chí Minh|Phường An Khánh|Thành phố Hồ Chí Minh|Thành phố Thủ Đức|Phường An Khánh
30|Thành phố Hồ Chí Minh|Phường Linh Xuân|Thành phố Hồ Chí Minh|Thành phố Thủ Đức|Phường Linh Xuân
30|Thành phố Hồ Chí Minh|Phường An Phú Đông|Thành phố Hồ Chí Minh|Quận 12|Phường An Phú Đông
25|Thành phố Hồ Chí Minh|Phường Bình Trị Đông|Thành phố Hồ Chí Minh|Quận Bình Tân|Phường Bình Trị Đông
20|Thành phố Hồ Chí Minh|Phường Dĩ An|Tỉnh Bình Dương|Thành phố Dĩ An|Phường Dĩ An
20|Thành phố Hồ Chí Minh|Phường Lái Thiêu|Tỉnh Bình Dương|Thành phố Thuận An|Phường Lái Thiêu
15|Thành phố Hồ Chí Minh|Phường Cát Lái|Thành phố Hồ Chí Minh|Thành phố Thủ Đức|Phường Cát Lái
14|Thành phố Đà Nẵng|Phường Hải Châu|Thành phố Đà Nẵng|Quận Hải Châu|Phường Hải Châu
12|Thành phố Đà Nẵng|Phường An Khê|Thành phố Đà Nẵng|Quận Thanh Khê|Phường An Khê
12|Thành phố Đà Nẵng|Phường Hòa Xuân|Thành phố Đà Nẵng|Quận Cẩm Lệ|Phường Hòa Xuân
10|Thành phố Đà Nẵng|Phường Bàn Thạch|Tỉnh Quảng Nam|Thành phố Tam Kỳ|Phường Tân Thạnh
14|Thành phố Hải Phòng|Phường Hưng Đạo|Thành phố Hải Phòng|Quận Dương Kinh|Phường Hưng Đạo
12|Thành phố Hải Phòng|Phường Hòa Bình|Thành phố Hải Phòng|Thành phố Thủy Nguyên|Phường Hòa Bình
12|Thành phố Hải Phòng|Phường Lê Thanh Nghị|Tỉnh Hải Dương|Thành phố Hải Dương|Phường Lê Thanh Nghị
12|Thành phố Cần Thơ|Phường Cái Khế|Thành phố Cần Thơ|Quận Ninh Kiều|Phường Cái Khế
10|Thành phố Cần Thơ|Phường Bình Thủy|Thành phố Cần Thơ|Quận Bình Thủy|Phường Bình Thủy
8|Thành phố Cần Thơ|Phường Ngã Bảy|Tỉnh Hậu Giang|Thành phố Ngã Bảy|Phường Ngã Bảy
8|Thành phố Huế|Phường An Cựu|Thành phố Huế|Quận Thuận Hóa|Phường An Cựu
6|Thành phố Huế|Phường Kim Long|Thành phố Huế|Quận Phú Xuân|Phường Kim Long
14|Tỉnh An Giang|Phường Bình Đức|Tỉnh An Giang|Thành phố Long Xuyên|Phường Bình Đức
12|Tỉnh An Giang|Phường Tô Châu|Tỉnh Kiên Giang|Thành phố Hà Tiên|Phường Tô Châu
12|Tỉnh Bắc Ninh|Phường Kinh Bắc|Tỉnh Bắc Ninh|Thành phố Bắc Ninh|Phường Kinh Bắc
10|Tỉnh Bắc Ninh|Phường Cảnh Thụy|Tỉnh Bắc Giang|Thành phố Bắc Giang|Phường Cảnh Thụy
8|Tỉnh Cà Mau|Phường Tân Thành|Tỉnh Cà Mau|Thành phố Cà Mau|Phường Tân Thành
6|Tỉnh Cà Mau|Phường Láng Tròn|Tỉnh Bạc Liêu|Thị xã Giá Rai|Phường Láng Tròn
3|Tỉnh Cao Bằng|Phường Tân Giang|Tỉnh Cao Bằng|Thành phố Cao Bằng|Phường Tân Giang
10|Tỉnh Đắk Lắk|Phường Tân Lập|Tỉnh Đắk Lắk|Thành phố Buôn Ma Thuột|Phường Tân Lập
6|Tỉnh Đắk Lắk|Phường Xuân Đài|Tỉnh Phú Yên|Thị xã Sông Cầu|Phường Xuân Đài
3|Tỉnh Điện Biên|Phường Điện Biên Phủ|Tỉnh Điện Biên|Thành phố Điện Biên Phủ|Phường Him Lam
16|Tỉnh Đồng Nai|Phường Long Bình|Tỉnh Đồng Nai|Thành phố Biên Hòa|Phường Long Bình
14|Tỉnh Đồng Nai|Phường Tam Hiệp|Tỉnh Đồng Nai|Thành phố Biên Hòa|Phường Tam Hiệp
6|Tỉnh Đồng Nai|Phường Minh Hưng|Tỉnh Bình Phước|Thị xã Chơn Thành|Phường Minh Hưng
10|Tỉnh Đồng Tháp|Phường Mỹ Ngãi|Tỉnh Đồng Tháp|Thành phố Cao Lãnh|Phường Mỹ Ngãi
10|Tỉnh Đồng Tháp|Phường Long Thuận|Tỉnh Tiền Giang|Thành phố Gò Công|Phường Long Thuận
9|Tỉnh Gia Lai|Phường Diên Hồng|Tỉnh Gia Lai|Thành phố Pleiku|Phường Diên Hồng
9|Tỉnh Gia Lai|Phường Bình Định|Tỉnh Bình Định|Thị xã An Nhơn|Phường Bình Định
7|Tỉnh Hà Tĩnh|Phường Bắc Hồng Lĩnh|Tỉnh Hà Tĩnh|Thị xã Hồng Lĩnh|Phường Bắc Hồng
8|Tỉnh Hưng Yên|Phường Hồng Châu|Tỉnh Hưng Yên|Thành phố Hưng Yên|Phường Hồng Châu
8|Tỉnh Hưng Yên|Phường Trần Lãm|Tỉnh Thái Bình|Thành phố Thái Bình|Phường Trần Lãm
9|Tỉnh Khánh Hòa|Phường Bắc Nha Trang|Tỉnh Khánh Hòa|Thành phố Nha Trang|Phường Vĩnh Hòa
6|Tỉnh Khánh Hòa|Phường Bảo An|Tỉnh Ninh Thuận|Thành phố Phan Rang - Tháp Chàm|Phường Bảo An
3|Tỉnh Lai Châu|Phường Tân Phong|Tỉnh Lai Châu|Thành phố Lai Châu|Phường Tân Phong
10|Tỉnh Lâm Đồng|Phường Mũi Né|Tỉnh Bình Thuận|Thành phố Phan Thiết|Phường Mũi Né
10|Tỉnh Lâm Đồng|Phường 1 Bảo Lộc|Tỉnh Lâm Đồng|Thành phố Bảo Lộc|Phường Lộc Phát
4|Tỉnh Lạng Sơn|Phường Tam Thanh|Tỉnh Lạng Sơn|Thành phố Lạng Sơn|Phường Tam Thanh
5|Tỉnh Lào Cai|Phường Lào Cai|Tỉnh Lào Cai|Thành phố Lào Cai|Phường Lào Cai
4|Tỉnh Lào Cai|Phường Nam Cường|Tỉnh Yên Bái|Thành phố Yên Bái|Phường Nam Cường
16|Tỉnh Nghệ An|Phường Thành Vinh|Tỉnh Nghệ An|Thành phố Vinh|Phường Đông Vĩnh
8|Tỉnh Ninh Bình|Phường Trung Sơn|Tỉnh Ninh Bình|Thành phố Tam Điệp|Phường Trung Sơn
8|Tỉnh Ninh Bình|Phường Châu Sơn|Tỉnh Hà Nam|Thành phố Phủ Lý|Phường Châu Sơn
8|Tỉnh Ninh Bình|Phường Trường Thi|Tỉnh Nam Định|Thành phố Nam Định|Phường Trường Thi
9|Tỉnh Phú Thọ|Phường Vân Phú|Tỉnh Phú Thọ|Thành phố Việt Trì|Phường Vân Phú
6|Tỉnh Phú Thọ|Phường Tân Hòa|Tỉnh Hòa Bình|Thành phố Hòa Bình|Phường Tân Hòa
7|Tỉnh Quảng Ngãi|Phường Nghĩa Lộ|Tỉnh Quảng Ngãi|Thành phố Quảng Ngãi|Phường Nghĩa Lộ
4|Tỉnh Quảng Ngãi|Phường Kon Tum|Tỉnh Kon Tum|Thành phố Kon Tum|Phường Quang Trung
8|Tỉnh Quảng Ninh|Phường Bãi Cháy|Tỉnh Quảng Ninh|Thành phố Hạ Long|Phường Bãi Cháy
6|Tỉnh Quảng Ninh|Phường Cửa Ông|Tỉnh Quảng Ninh|Thành phố Cẩm Phả|Phường Cửa Ông
5|Tỉnh Quảng Trị|Phường Ba Đồn|Tỉnh Quảng Bình|Thị xã Ba Đồn|Phường Ba Đồn
4|Tỉnh Quảng Trị|Phường Đông Hà|Tỉnh Quảng Trị|Thành phố Đông Hà|Phường Đông Giang
5|Tỉnh Sơn La|Phường Tô Hiệu|Tỉnh Sơn La|Thành phố Sơn La|Phường Tô Hiệu
9|Tỉnh Tây Ninh|Phường Long Hoa|Tỉnh Tây Ninh|Thị xã Hòa Thành|Phường Long Hoa
9|Tỉnh Tây Ninh|Phường Khánh Hậu|Tỉnh Long An|Thành phố Tân An|Phường Khánh Hậu
8|Tỉnh Thái Nguyên|Phường Phan Đình Phùng|Tỉnh Thái Nguyên|Thành phố Thái Nguyên|Phường Phan Đình Phùng
3|Tỉnh Thái Nguyên|Phường Đức Xuân|Tỉnh Bắc Kạn|Thành phố Bắc Kạn|Phường Đức Xuân
18|Tỉnh Thanh Hóa|Phường Hàm Rồng|Tỉnh Thanh Hóa|Thành phố Thanh Hóa|Phường Hàm Rồng
4|Tỉnh Tuyên Quang|Phường Minh Xuân|Tỉnh Tuyên Quang|Thành phố Tuyên Quang|Phường Minh Xuân
4|Tỉnh Tuyên Quang|Phường Hà Giang 2|Tỉnh Hà Giang|Thành phố Hà Giang|Phường Trần Phú
8|Tỉnh Vĩnh Long|Phường Tân Ngãi|Tỉnh Vĩnh Long|Thành phố Vĩnh Long|Phường Tân Ngãi
8|Tỉnh Vĩnh Long|Phường Phú Khương|Tỉnh Bến Tre|Thành phố Bến Tre|Phường Phú Khương
"""

STREETS = (
    "Lê Lợi", "Nguyễn Huệ", "Trần Hưng Đạo", "Hai Bà Trưng", "Lý Thường Kiệt", "Quang Trung", "Nguyễn Trãi",
    "Lê Thánh Tông", "Ngô Quyền", "Phan Chu Trinh", "Phan Bội Châu", "Hoàng Diệu", "Hoàng Hoa Thám", "Đinh Tiên Hoàng",
    "Nguyễn Thị Minh Khai", "Võ Thị Sáu", "Điện Biên Phủ", "Cách Mạng Tháng Tám", "Lê Duẩn", "Trường Chinh",
    "Nguyễn Văn Cừ", "Nguyễn Văn Linh", "Hùng Vương", "Lạc Long Quân", "Âu Cơ", "Bà Triệu", "Lê Hồng Phong",
    "Trần Phú", "Nguyễn Du", "Tôn Đức Thắng", "Kim Mã", "Xuân Thủy", "Nguyễn Chí Thanh", "Phạm Ngũ Lão", "Bạch Đằng",
    "Yên Bái", "Đống Đa", "Ông Ích Khiêm", "Tô Hiến Thành", "Lý Tự Trọng",
)  # fmt: skip
