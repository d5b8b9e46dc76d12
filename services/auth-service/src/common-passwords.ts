/** Rows in which neighbours are typed one after the other: digits, the alphabet, keyboards, and the columns of keyboards. */
export const KEY_ROWS: readonly string[] = `
  01234567890 abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm azertyuiop qsdfghjklm wxcvbn
  1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0
`
  .trim()
  .split(/\s+/);

/**
 * What the best known passwords are made of, in lower case: words, names and teams that stand at the top of every published list of leaked ones.
 * Longer forms (`password1`, `P@ssw0rd`, `Summer2026!`) follow from them by rule.
 */
export const COMMON_WORDS: readonly string[] = `
  password passwort passwd passw pass motdepasse contrasena senha parola wachtwoord haslo heslo kennwort secret geheim letmein welcome willkommen
  bienvenue changeme default login admin administrator root guest user test demo temp master access trustno whatever nothing1 unknown hello hallo
  bonjour ciao iloveyou loveyou loveme lovely love ichliebedich teamo jetaime babygirl baby angel princess prinzessin sweetheart darling schatz
  sunshine summer winter spring autumn sommer january february march april june july august september october november december monday tuesday
  wednesday thursday friday saturday sunday flower rainbow butterfly dragon monkey tiger panther eagle falcon dolphin kitten puppy buster tigger
  shadow killer hunter ranger ninja samurai warrior knight wizard phoenix thunder matrix starwars startrek pokemon pikachu naruto nintendo
  minecraft fortnite playstation superman batman spiderman ironman superstar freedom liberty forever america canada london berlin paris deutschland
  football fussball soccer baseball basketball hockey golf yankees lakers cowboys steelers arsenal chelsea liverpool barcelona juventus realmadrid
  bayern schalke dortmund mustang ferrari porsche mercedes corvette harley computer internet samsung google facebook youtube instagram windows
  microsoft apple android linkedin qrcode chocolate cheese cookie banana orange pepper ginger coffee michael jordan jennifer charlie thomas robert
  daniel andrew andrea joshua matthew jessica ashley nicole amanda george hannah michelle maggie william anthony richard alexander maria martin
  patrick christian stefan sebastian david jonathan benjamin jesus christ heaven blessed metallica slipknot eminem blink182 nirvana qwerty qazwsx
  zaq12wsx abc123 asdf mypassword my
`
  .trim()
  .split(/\s+/);
