// TypeBox as the packages of this library load it. The build makes one file of it: TypeBox itself comes as 680, which take 0.2 s to load.
export * from 'typebox';
export { default } from 'typebox';
export { Compile } from 'typebox/compile';
export { Value } from 'typebox/value';
