// Loops of the search for good settings.
#ifndef CTUNE_H
#define CTUNE_H

// The logarithm of a normal density of each of n kernels at x: terms[k] += constants[k] - ((x - centers[k]) scales[k])^2 / 2.
void ct_add_normals(double *terms, const double *constants, const double *centers, const double *scales, double x, long n);

// values[k] = log(values[k])
void ct_log(double *values, long n);

// values[k] = log(1 - values[k])
void ct_log_of_rest(double *values, long n);

// log of the sum of exp(terms[k]), in a fixed order; -inf of none.
double ct_log_sum_exp(const double *terms, long n);

#endif
