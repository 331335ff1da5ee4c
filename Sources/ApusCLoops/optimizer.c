#include "ck_pointwise.h"
#include "pointwise_loops.h"

CK_KERNEL void ck_adam_f32(float *p_out, float *m_out, float *v_out, const float *parameter, const float *exp_avg,
                           const float *exp_avg_sq, const float *gradient, const float *s, long n) {
  const float decay = s[0], weight_decay = s[1], sign = s[2], weight1 = s[3], beta2 = s[4], weight2 = s[5];
  const float correction = s[6], eps = s[7], size = s[8];
  CK_EACH(n) {
    float p = decay * parameter[i];
    float g = sign * gradient[i] + weight_decay * p;
    float m = exp_avg[i] + (g - exp_avg[i]) * weight1;
    float v = beta2 * exp_avg_sq[i] + g * g * weight2;
    m_out[i] = m;
    v_out[i] = v;
    p_out[i] = p + m / (__builtin_elementwise_sqrt(v) * correction + eps) * size;
  }
}
