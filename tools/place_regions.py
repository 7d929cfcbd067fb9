"""The regions of countries by their own names and their codes in ISO 3166-2.

A table of facts, kept by hand, for the countries where GeoNames writes regions without accents, in English,
or with codes of its own. An entry is ``CODE name``; ``= other`` says how GeoNames writes it where that is
more than a matter of accents. What is not here is taken as GeoNames has it.
"""

# ruff: noqa: E501  (tables)
from __future__ import annotations

from typing import Final

_LISTS: Final[dict[str, str]] = {
    "AR": """A Salta; B Buenos Aires; C Ciudad Autónoma de Buenos Aires; D San Luis; E Entre Ríos; F La Rioja;
        G Santiago del Estero; H Chaco; J San Juan; K Catamarca; L La Pampa; M Mendoza; N Misiones;
        P Formosa; Q Neuquén; R Río Negro; S Santa Fe; T Tucumán; U Chubut; V Tierra del Fuego;
        W Corrientes; X Córdoba; Y Jujuy; Z Santa Cruz""",
    "AT": """1 Burgenland; 2 Kärnten; 3 Niederösterreich; 4 Oberösterreich; 5 Salzburg; 6 Steiermark; 7 Tirol;
        8 Vorarlberg; 9 Wien""",
    "BE": """BRU Brussel/Bruxelles = Bruxelles (19 communes); VAN Antwerpen = Anvers; VBR Vlaams-Brabant =
        Brabant Flamand; VLI Limburg = Limbourg; VOV Oost-Vlaanderen = Flandre-Orientale; VWV West-Vlaanderen =
        Flandre-Occidentale; WBR Brabant wallon; WHT Hainaut; WLG Liège; WLX Luxembourg; WNA Namur""",
    "BR": """AC Acre; AL Alagoas; AM Amazonas; AP Amapá; BA Bahia; CE Ceará; DF Distrito Federal;
        ES Espírito Santo; GO Goiás; MA Maranhão; MG Minas Gerais; MS Mato Grosso do Sul; MT Mato Grosso;
        PA Pará; PB Paraíba; PE Pernambuco; PI Piauí; PR Paraná; RJ Rio de Janeiro; RN Rio Grande do Norte;
        RO Rondônia; RR Roraima; RS Rio Grande do Sul; SC Santa Catarina; SE Sergipe; SP São Paulo;
        TO Tocantins""",
    "CA": "NT Northwest Territories = Northwest Territory; NU Nunavut = Nunavut Territory",
    "CH": """AG Aargau; AI Appenzell Innerrhoden; AR Appenzell Ausserrhoden; BE Bern = Canton de Berne;
        BL Basel-Landschaft; BS Basel-Stadt; FR Fribourg; GE Genève; GL Glarus; GR Graubünden; JU Jura;
        LU Luzern; NE Neuchâtel; NW Nidwalden; OW Obwalden; SG St. Gallen; SH Schaffhausen; SO Solothurn;
        SZ Schwyz; TG Thurgau; TI Ticino; UR Uri; VD Vaud; VS Valais; ZG Zug; ZH Zürich""",
    "CN": """AH Anhui; BJ Beijing; CQ Chongqing; FJ Fujian; GD Guangdong; GS Gansu; GX Guangxi; GZ Guizhou;
        HA Henan; HB Hubei; HE Hebei; HI Hainan; HL Heilongjiang; HN Hunan; JL Jilin; JS Jiangsu; JX Jiangxi;
        LN Liaoning; NM Inner Mongolia; NX Ningxia; QH Qinghai; SC Sichuan; SD Shandong; SH Shanghai;
        SN Shaanxi; SX Shanxi; TJ Tianjin; XJ Xinjiang; XZ Tibet; YN Yunnan; ZJ Zhejiang""",
    "CO": """AMA Amazonas; ANT Antioquia; ARA Arauca; ATL Atlántico; BOL Bolívar; BOY Boyacá; CAL Caldas;
        CAQ Caquetá; CAS Casanare; CAU Cauca; CES Cesar; CHO Chocó; COR Córdoba; CUN Cundinamarca;
        DC Bogotá, D.C.; GUA Guainía; GUV Guaviare; HUI Huila; LAG La Guajira; MAG Magdalena; MET Meta;
        NAR Nariño; NSA Norte de Santander; PUT Putumayo; QUI Quindío; RIS Risaralda; SAN Santander;
        SAP San Andrés y Providencia = Archipielago De San Andres; SUC Sucre; TOL Tolima;
        VAC Valle del Cauca; VAU Vaupés; VID Vichada""",
    "CZ": """10 Praha = Hlavní město Praha; 20 Středočeský kraj; 31 Jihočeský kraj; 32 Plzeňský kraj;
        41 Karlovarský kraj; 42 Ústecký kraj; 51 Liberecký kraj; 52 Královéhradecký kraj; 53 Pardubický kraj;
        63 Kraj Vysočina; 64 Jihomoravský kraj; 71 Olomoucký kraj; 72 Zlínský kraj; 80 Moravskoslezský kraj""",
    "DK": """81 Nordjylland = North Denmark = Region Nordjylland; 82 Midtjylland = Central Jutland = Region Midtjylland;
        83 Syddanmark = South Denmark = Region Syddanmark; 84 Hovedstaden = Capital Region = Region Hovedstaden;
        85 Sjælland = Zealand""",
    "DZ": """01 Adrar; 02 Chlef; 03 Laghouat = L.Aghouat; 04 Oum El Bouaghi; 05 Batna; 06 Béjaïa; 07 Biskra;
        08 Béchar; 09 Blida; 10 Bouira; 11 Tamanrasset; 12 Tébessa; 13 Tlemcen; 14 Tiaret; 15 Tizi Ouzou;
        16 Alger; 17 Djelfa; 18 Jijel; 19 Sétif; 20 Saïda; 21 Skikda; 22 Sidi Bel Abbès; 23 Annaba; 24 Guelma;
        25 Constantine; 26 Médéa; 27 Mostaganem; 28 M'Sila; 29 Mascara; 30 Ouargla; 31 Oran; 32 El Bayadh;
        33 Illizi; 34 Bordj Bou Arréridj; 35 Boumerdès; 36 El Tarf = El-Taref; 37 Tindouf;
        38 Tissemsilt; 39 El Oued; 40 Khenchela; 41 Souk Ahras; 42 Tipaza; 43 Mila; 44 Aïn Defla; 45 Naâma;
        46 Aïn Témouchent; 47 Ghardaïa; 48 Relizane""",
    "FI": """02 Etelä-Karjala = South Karelia; 03 Etelä-Pohjanmaa = South Ostrobothnia Region;
        04 Etelä-Savo = Southern Savonia; 05 Kainuu; 06 Kanta-Häme; 07 Keski-Pohjanmaa = Central Ostrobothnia
        Region; 08 Keski-Suomi = Central Finland Region; 09 Kymenlaakso; 10 Lappi = Lapland; 11 Pirkanmaa;
        12 Pohjanmaa = Ostrobothnia Region; 13 Pohjois-Karjala = North Karelia; 14 Pohjois-Pohjanmaa =
        North Ostrobothnia Region; 15 Pohjois-Savo = Northern Savo; 16 Päijät-Häme = Päijänne Tavastia;
        17 Satakunta; 18 Uusimaa; 19 Varsinais-Suomi = Southwest Finland""",
    "HR": """01 Zagrebačka; 02 Krapinsko-zagorska; 03 Sisačko-moslavačka; 04 Karlovačka; 05 Varaždinska;
        06 Koprivničko-križevačka; 07 Bjelovarsko-bilogorska; 08 Primorsko-goranska; 09 Ličko-senjska;
        10 Virovitičko-podravska; 11 Požeško-slavonska; 12 Brodsko-posavska; 13 Zadarska; 14 Osječko-baranjska;
        15 Šibensko-kninska; 16 Vukovarsko-srijemska; 17 Splitsko-dalmatinska; 18 Istarska;
        19 Dubrovačko-neretvanska; 20 Međimurska; 21 Grad Zagreb""",
    "IN": """AN Andaman and Nicobar Islands = Andaman & Nicobar Islands; AP Andhra Pradesh; AR Arunachal Pradesh;
        AS Assam; BR Bihar; CG Chhattisgarh = Chattisgarh; CH Chandigarh; DH Dadra and Nagar Haveli and Daman and
        Diu; DL Delhi; GA Goa; GJ Gujarat; HP Himachal Pradesh; HR Haryana; JH Jharkhand; JK Jammu and Kashmir =
        Jammu & Kashmir; KA Karnataka; KL Kerala; LA Ladakh; LD Lakshadweep; MH Maharashtra; ML Meghalaya;
        MN Manipur; MP Madhya Pradesh; MZ Mizoram; NL Nagaland; OD Odisha; PB Punjab; PY Puducherry =
        Pondicherry; RJ Rajasthan; SK Sikkim; TG Telangana; TN Tamil Nadu; TR Tripura; UK Uttarakhand;
        UP Uttar Pradesh; WB West Bengal""",
    "IT": """AO Valle d'Aosta; FC Forlì-Cesena = Forli; PU Pesaro e Urbino; RC Reggio di Calabria;
        RE Reggio nell'Emilia; BZ Bolzano/Bozen = Bolzano-Bozen""",
    "JP": """01 Hokkaidō; 02 Aomori; 03 Iwate; 04 Miyagi; 05 Akita; 06 Yamagata; 07 Fukushima; 08 Ibaraki;
        09 Tochigi; 10 Gunma = Gumma; 11 Saitama; 12 Chiba; 13 Tokyo; 14 Kanagawa; 15 Niigata; 16 Toyama;
        17 Ishikawa; 18 Fukui; 19 Yamanashi; 20 Nagano; 21 Gifu; 22 Shizuoka; 23 Aichi; 24 Mie; 25 Shiga;
        26 Kyōto; 27 Ōsaka; 28 Hyōgo; 29 Nara; 30 Wakayama; 31 Tottori; 32 Shimane; 33 Okayama; 34 Hiroshima;
        35 Yamaguchi; 36 Tokushima; 37 Kagawa; 38 Ehime; 39 Kōchi; 40 Fukuoka; 41 Saga; 42 Nagasaki;
        43 Kumamoto; 44 Ōita; 45 Miyazaki; 46 Kagoshima; 47 Okinawa""",
    "KR": """11 Seoul = 서울특별시; 26 Busan = 부산광역시; 27 Daegu = 대구광역시; 28 Incheon = 인천광역시;
        29 Gwangju = 광주광역시; 30 Daejeon = 대전광역시; 31 Ulsan = 울산광역시; 41 Gyeonggi = 경기도;
        42 Gangwon = 강원도; 43 North Chungcheong = 충청북도; 44 South Chungcheong = 충청남도;
        45 North Jeolla = 전라북도; 46 South Jeolla = 전라남도; 47 North Gyeongsang = 경상북도;
        48 South Gyeongsang = 경상남도; 49 Jeju = 제주특별자치도; 50 Sejong = 세종특별자치시""",
    "MX": """AGU Aguascalientes; BCN Baja California; BCS Baja California Sur; CAM Campeche; CHH Chihuahua;
        CHP Chiapas; CMX Ciudad de México = Distrito Federal; COA Coahuila = Coahuila de Zaragoza; COL Colima;
        DUR Durango; GRO Guerrero; GUA Guanajuato; HID Hidalgo; JAL Jalisco; MEX México; MIC Michoacán =
        Michoacán de Ocampo; MOR Morelos; NAY Nayarit; NLE Nuevo León; OAX Oaxaca; PUE Puebla; QUE Querétaro;
        ROO Quintana Roo; SIN Sinaloa; SLP San Luis Potosí; SON Sonora; TAB Tabasco; TAM Tamaulipas;
        TLA Tlaxcala; VER Veracruz = Veracruz de Ignacio de la Llave; YUC Yucatán; ZAC Zacatecas""",
    "MY": """01 Johor; 02 Kedah; 03 Kelantan; 04 Melaka; 05 Negeri Sembilan; 06 Pahang; 07 Pulau Pinang;
        08 Perak; 09 Perlis; 10 Selangor; 11 Terengganu; 12 Sabah; 13 Sarawak; 14 Kuala Lumpur; 15 Labuan;
        16 Putrajaya""",
    "NL": """DR Drenthe; FL Flevoland; FR Fryslân = Friesland; GE Gelderland = Guelders; GR Groningen; LI Limburg;
        NB Noord-Brabant = North Brabant; NH Noord-Holland = North Holland; OV Overijssel; UT Utrecht;
        ZE Zeeland; ZH Zuid-Holland = South Holland""",
    "NO": """03 Oslo = Oslo County; 11 Rogaland; 15 Møre og Romsdal; 18 Nordland; 31 Østfold; 32 Akershus;
        33 Buskerud; 34 Innlandet; 39 Vestfold; 40 Telemark; 42 Agder; 46 Vestland; 50 Trøndelag; 55 Troms;
        56 Finnmark""",
    "NZ": """AUK Auckland; BOP Bay of Plenty; CAN Canterbury; GIS Gisborne; HKB Hawke's Bay; MBH Marlborough;
        MWT Manawatū-Whanganui = Manawatu-Wanganui; NSN Nelson; NTL Northland; OTA Otago; STL Southland;
        TAS Tasman; TKI Taranaki; WGN Wellington; WKO Waikato; WTC West Coast""",
    "PH": """00 Metro Manila; 01 Ilocos; 02 Cagayan Valley; 03 Central Luzon; 05 Bicol; 06 Western Visayas;
        07 Central Visayas; 08 Eastern Visayas; 09 Zamboanga Peninsula; 10 Northern Mindanao; 11 Davao;
        12 Soccsksargen; 13 Caraga; 14 Bangsamoro = Autonomous Region in Muslim Mindanao; 15 Cordillera;
        40 Calabarzon; 41 Mimaropa""",
    "PL": """02 dolnośląskie = Lower Silesia; 04 kujawsko-pomorskie; 06 lubelskie = Lublin; 08 lubuskie = Lubusz;
        10 łódzkie = Łódź Voivodeship; 12 małopolskie = Lesser Poland; 14 mazowieckie = Mazovia;
        16 opolskie = Opole Voivodeship; 18 podkarpackie = Subcarpathia; 20 podlaskie = Podlasie;
        22 pomorskie = Pomerania; 24 śląskie = Silesia; 26 świętokrzyskie; 28 warmińsko-mazurskie =
        Warmia-Masuria; 30 wielkopolskie = Greater Poland; 32 zachodniopomorskie = West Pomerania""",
    "PT": """01 Aveiro; 02 Beja; 03 Braga; 04 Bragança; 05 Castelo Branco; 06 Coimbra; 07 Évora; 08 Faro;
        09 Guarda; 10 Leiria; 11 Lisboa; 12 Portalegre; 13 Porto; 14 Santarém; 15 Setúbal;
        16 Viana do Castelo; 17 Vila Real; 18 Viseu; 20 Açores = Azores; 30 Madeira""",
    "RO": """AB Alba; AG Argeș; AR Arad; B București; BC Bacău; BH Bihor; BN Bistrița-Năsăud; BR Brăila;
        BT Botoșani; BV Brașov; BZ Buzău; CJ Cluj; CL Călărași; CS Caraș-Severin; CT Constanța; CV Covasna;
        DB Dâmbovița; DJ Dolj; GJ Gorj; GL Galați; GR Giurgiu; HD Hunedoara; HR Harghita; IF Ilfov;
        IL Ialomița; IS Iași; MH Mehedinți; MM Maramureș; MS Mureș; NT Neamț; OT Olt; PH Prahova; SB Sibiu;
        SJ Sălaj; SM Satu Mare; SV Suceava; TL Tulcea; TM Timiș; TR Teleorman; VL Vâlcea; VN Vrancea;
        VS Vaslui""",
    "SE": """AB Stockholm; AC Västerbotten; BD Norrbotten; C Uppsala; D Södermanland; E Östergötland; F Jönköping;
        G Kronoberg; H Kalmar; I Gotland; K Blekinge; M Skåne; N Halland; O Västra Götaland; S Värmland;
        T Örebro; U Västmanland; W Dalarna; X Gävleborg; Y Västernorrland; Z Jämtland""",
    "SK": """BC Banskobystrický = Banska Bystrica; BL Bratislavský = Bratislava; KI Košický = Kosice;
        NI Nitriansky = Nitra; PV Prešovský = Presov; TA Trnavský = Trnava; TC Trenčiansky = Trencin;
        ZI Žilinský = Zilina""",
    "TR": """01 Adana; 02 Adıyaman; 03 Afyonkarahisar; 04 Ağrı; 05 Amasya; 06 Ankara; 07 Antalya; 08 Artvin;
        09 Aydın; 10 Balıkesir; 11 Bilecik; 12 Bingöl; 13 Bitlis; 14 Bolu; 15 Burdur; 16 Bursa; 17 Çanakkale;
        18 Çankırı; 19 Çorum; 20 Denizli; 21 Diyarbakır; 22 Edirne; 23 Elazığ; 24 Erzincan; 25 Erzurum;
        26 Eskişehir; 27 Gaziantep; 28 Giresun; 29 Gümüşhane; 30 Hakkâri; 31 Hatay; 32 Isparta; 33 Mersin = Mersin(İçel);
        34 İstanbul; 35 İzmir; 36 Kars; 37 Kastamonu; 38 Kayseri; 39 Kırklareli; 40 Kırşehir; 41 Kocaeli;
        42 Konya; 43 Kütahya; 44 Malatya; 45 Manisa; 46 Kahramanmaraş; 47 Mardin; 48 Muğla; 49 Muş;
        50 Nevşehir; 51 Niğde; 52 Ordu; 53 Rize; 54 Sakarya; 55 Samsun; 56 Siirt; 57 Sinop; 58 Sivas;
        59 Tekirdağ; 60 Tokat; 61 Trabzon; 62 Tunceli; 63 Şanlıurfa; 64 Uşak; 65 Van; 66 Yozgat; 67 Zonguldak;
        68 Aksaray; 69 Bayburt; 70 Karaman; 71 Kırıkkale; 72 Batman; 73 Şırnak; 74 Bartın; 75 Ardahan;
        76 Iğdır; 77 Yalova; 78 Karabük; 79 Kilis; 80 Osmaniye; 81 Düzce""",
    "UA": """05 Vinnytska; 07 Volynska; 09 Luhanska; 12 Dnipropetrovska; 14 Donetska; 18 Zhytomyrska;
        21 Zakarpatska; 23 Zaporizka; 26 Ivano-Frankivska; 30 Kyiv; 32 Kyivska; 35 Kirovohradska; 46 Lvivska;
        48 Mykolaivska; 51 Odeska; 53 Poltavska; 56 Rivnenska; 59 Sumska; 61 Ternopilska; 63 Kharkivska;
        65 Khersonska; 68 Khmelnytska; 71 Cherkaska; 74 Chernihivska; 77 Chernivetska""",
}


def regions_of(country: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Code and name of the regions that are listed for a country, and all names that GeoNames may write."""
    found = []
    for entry in " ".join(_LISTS.get(country, "").split()).split("; "):
        if entry:
            code, names = entry.split(" ", 1)
            written = tuple(name.strip() for name in names.split(" = "))
            found.append((code, written[0], written))
    return found
