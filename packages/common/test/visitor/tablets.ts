/**
 * Models of tablets as their user agents write them, collected from makers' pages and public lists of devices. The newest first; from the last lines on,
 * models whose browsers say `Mobile` although they are tablets.
 */
const MODELS = `
SM-X910 SM-X810 SM-X710 SM-X610 SM-X510 SM-X210 SM-X200 SM-X205 SM-X110 SM-X115 SM-T970 SM-T976B SM-T870 SM-T860 SM-T830 SM-T820 SM-T733 SM-T720 SM-T713
SM-T590 SM-T580 SM-T550 SM-T530 SM-T515 SM-T510 SM-T505 SM-T500 SM-T395 SM-T365 SM-T290 SM-T225 SM-T220 SM-T111 SM-P613 SM-P610 SM-P605 SM-P580 GT-P5110
GT-P3100 GT-N8000 GT-P1000
TB-X606F TB-X306X TB-X505F TB-X304L TB-8505X TB-7305I TB328FU TB370FU TB350FU TB125FU TB310XU YT3-850M YT-X705F YT-J706F
AGS2-W09 AGS3-L09 AGS5-W00 BAH-W09 BAH2-L09 BAH3-W09 BTV-W09 CMR-W09 CPN-L09 JDN2-L09 KOB-L09 KOB2-W09 MRX-W09 SCMR-W09 SHT-W09 WGR-W09 DBY-W09 DBR-W10
KFTUWI KFTRWI KFTRPWI KFMUWI KFMAWI KFKAWI KFDOWI KFGIWI KFSUWI KFAUWI KFONWI KFMEWI KFTHWI
21051182G 23043RP34G 22081283G 23073RPBFG 24018RPACG 2405CRPFDG
OPD2102 OPD2203 OPD2304
MI_PAD_4 MediaPad_M5_lite Lenovo_TAB4_10 Redmi_Pad_SE realme_Pad Nokia_T20 Nokia_T10 MOTO_TAB_G70 HTC_Flyer_P510e Nexus_7 Nexus_9 Nexus_10 Pixel_C Pixel_Tablet
HUAWEI_MediaPad_T3 Galaxy_Tab_A8 Transformer_TF101 LG-V500 LG-V700 ME173X ASUS_P01T_1 A3-A20 B3-A40 BNTV250 BNTV600 XOOM_2
iPlay_50 iPlay40H T40_PRO_ROW P30HD_EEA M40_EEA RCT6K03W13 PMT3408_4G PMP5580C Archos_101_Oxygen TZ741 BQ-1077L 8082 9032X iTab-10 DigiTab8 Smart_Tab_4G
`
  .trim()
  .split(/\s+/)
  .map((model) => model.replaceAll('_', ' ').replace(/ (ROW|EEA)$/, '_$1'));

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko)';
/** How the browsers of a tablet write it, in turns. */
const FORMS: readonly ((model: string) => string)[] = [
  (model) => `Mozilla/5.0 (Linux; Android 13; ${model}) ${CHROME} Chrome/126.0.0.0 Safari/537.36`,
  (model) =>
    `Mozilla/5.0 (Linux; Android 12; ${model}) ${CHROME} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
  (model) =>
    `Mozilla/5.0 (Linux; arm_64; Android 11; ${model}) ${CHROME} Chrome/120.0.6099.507 YaBrowser/24.1 Mobile Safari/537.36`,
  (model) =>
    `Mozilla/5.0 (Linux; Android 10; ${model} Build/QP1A.190711.020; wv) ${CHROME} Version/4.0 Chrome/119.0.0.0 Mobile Safari/537.36`,
  (model) =>
    `Mozilla/5.0 (Linux; U; Android 4.4.2; en-us; ${model} Build/KOT49H) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30`,
];

/** User agents of tablets, those of Apple and of Chrome with its model left out included. */
export const TABLETS: readonly string[] = [
  ...MODELS.map((model, index) => (FORMS[index % FORMS.length] ?? String)(model)),
  ...['18_7', '17_6_1', '16_6', '15_8', '12_5_7', '9_3_5'].flatMap((version) => [
    `Mozilla/5.0 (iPad; CPU OS ${version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1`,
    `Mozilla/5.0 (iPad; CPU OS ${version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1`,
  ]),
  ...['126.0.0.0', '131.0.0.0', '143.0.0.0'].map(
    (version) => `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Chrome/${version} Safari/537.36`,
  ),
  'Mozilla/5.0 (Android 14; Tablet; rv:127.0) Gecko/127.0 Firefox/127.0',
  'Mozilla/5.0 (PlayBook; U; RIM Tablet OS 2.1.0; en-US) AppleWebKit/536.2+ (KHTML, like Gecko) Version/7.2.1.0 Safari/536.2+',
];
