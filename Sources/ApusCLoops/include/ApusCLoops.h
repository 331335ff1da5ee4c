// The loops behind the declarations of CKernels. Nothing is declared here: a target of C sources needs a public header.
#ifndef APUSCLOOPS_H
#define APUSCLOOPS_H
#endif
