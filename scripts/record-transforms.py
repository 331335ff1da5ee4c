#!/usr/bin/env python3
"""Writes scikit_learn.json, scored.csv and evaluation.json into Tests/ApusFeaturesTests/Recorded: what scikit-learn 1.9.1 makes of penguins.csv, rows with
scores of a model, and the metrics of these by slices."""
import csv
import json
import os
import warnings

import numpy as np
from sklearn.preprocessing import *
from sklearn.impute import SimpleImputer
from sklearn import metrics as m

warnings.filterwarnings("ignore")
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Tests/ApusFeaturesTests/Recorded")
rows = list(csv.DictReader(open(folder + "/penguins.csv")))
num = {}
for n in ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]:
    num[n] = np.array([float(r[n]) if r[n] not in ("", "NA") else np.nan for r in rows])
x = num["flipper_length_mm"]; ok = x[~np.isnan(x)].reshape(-1, 1)
pick = list(range(0, 344, 17))
X = x.reshape(-1, 1)
out = {"rows": pick}
def put(name, values): out[name] = [None if np.isnan(v) else float(v) for v in np.asarray(values).reshape(len(x), -1)[pick].reshape(-1)]
put("standard", StandardScaler().fit(X).transform(X))
put("minmax", MinMaxScaler((-1, 2)).fit(X).transform(X))
put("robust", RobustScaler().fit(X).transform(X))
put("quantile", QuantileTransformer(n_quantiles=20, subsample=None).fit(X).transform(X))
Xi = SimpleImputer(strategy="median").fit_transform(X)
kb = KBinsDiscretizer(7, encode="ordinal", strategy="quantile", quantile_method="linear").fit(ok)
put("bins", kb.transform(Xi))
out["edges"] = [float(v) for v in kb.bin_edges_[0][1:-1]]
put("log", np.log1p(x)); put("digitize", np.digitize(Xi.reshape(-1), [181, 190, 203.5]))
bl = num["bill_length_mm"].reshape(-1,1)
put("log_standard", StandardScaler().fit(np.log1p(bl)).transform(np.log1p(bl)))
island = np.array([r["island"] for r in rows]).reshape(-1, 1)
oh = OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit(island)
out["island_names"] = list(oh.categories_[0]); put("island", oh.transform(island))
oe = OrdinalEncoder().fit(np.array([r["species"] for r in rows]).reshape(-1,1))
put("species", oe.transform(np.array([r["species"] for r in rows]).reshape(-1,1)))
q = np.percentile(num["body_mass_g"][~np.isnan(num["body_mass_g"])], [0, 5, 25, 33.3, 50, 75, 99, 100])
out["mass_quantiles"] = [float(v) for v in q]
with open(folder + "/scikit_learn.json", "w") as f: json.dump(out, f)

# Rows with scores of a model, and their metrics by slices.
rng=np.random.default_rng(11); n=400
group=np.array(["a","b","c",""])[np.minimum(rng.choice(4,n,p=[.55,.35,.05,.05]),3)]
age=np.round(rng.uniform(18,70,n),1); flag=rng.integers(0,2,n)
label=(rng.uniform(size=n)<0.35).astype(int)
score=np.round(np.clip(1/(1+np.exp(-(2.2*label-1.1+rng.normal(size=n)))),0.001,0.999),4)
weight=np.round(rng.uniform(0.2,3,n),2)
with open(folder + "/scored.csv","w") as f:
    f.write("group,age,flag,label,score,weight\n")
    for r in zip(group,age,flag,label,score,weight): f.write(",".join(map(str,[r[0],r[1],"true" if r[2] else "false",*r[3:]]))+"\n")
out={}
def put(name, mask):
    for suffix,w in (("",np.ones(n)),(" weighted",weight)):
        y,s,w=label[mask],score[mask],w[mask]; p=(s>=0.5).astype(int)
        out[name+suffix]=dict(examples=int(mask.sum()),accuracy=m.accuracy_score(y,p,sample_weight=w),log_loss=m.log_loss(y,s,sample_weight=w,labels=[0,1]),
          brier=float(np.average((s-y)**2,weights=w)),precision=m.precision_score(y,p,sample_weight=w),recall=m.recall_score(y,p,sample_weight=w),f1=m.f1_score(y,p,sample_weight=w),
          auc=m.roc_auc_score(y,s,sample_weight=w),calibration=float((w*s).sum()/(w*y).sum()),mean_label=float(np.average(y,weights=w)),mean_prediction=float(np.average(s,weights=w)))
put("all rows",np.ones(n,bool))
for g in "abc": put("group="+g,group==g)
put("group missing",group=="")
put("age=[-inf, 30)",age<30); put("age=[30, 50)",(age>=30)&(age<50)); put("age=[50, inf)",age>=50)
out["values"]=dict(mean_squared_error=m.mean_squared_error(score,age/60),root_mean_squared_error=m.root_mean_squared_error(score,age/60),mean_absolute_error=m.mean_absolute_error(score,age/60),r2=m.r2_score(score,age/60))
json.dump(out,open(folder + "/evaluation.json","w"),indent=1)
