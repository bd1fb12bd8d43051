// Money has the same format in every language.
export const dollars = new Intl.NumberFormat('en-US', {style: 'currency', currency: 'USD'});
