# R's numbers of r_results.json: Rscript answers.R WINE_CSV, run beside answers.csv.

# binary outcomes
options(digits=15)
suppressMessages({library(sandwich);library(clubSandwich);library(brglm2)})
d <- read.csv("answers.csv"); d$role <- factor(d$role)
ctl <- glm.control(epsilon=1e-300,maxit=40)
p <- function(n,x){cat(n,"\n");cat(paste(format(as.numeric(x),digits=15),collapse=", "),"\n")}
for(l in c("logit","probit")) for(w in 0:1){
 d$ww <- if(w) d$weight else rep(1,nrow(d))
 f <- suppressWarnings(glm(agree~age+lead+role,data=d,weights=ww,family=binomial(l),control=ctl))
 cat("==",l,w,"\n"); p("coef",coef(f)); p("se",sqrt(diag(vcov(f)))); 
 P<-fitted(f); p("ll", sum(d$ww*(d$agree*log(P)+(1-d$agree)*log(1-P))))
 for(h in c("HC0","HC1","HC2","HC3")) p(h,sqrt(diag(vcovHC(f,type=h))))
 for(c in c("CR0","CR1S","CR2")) {v<-vcovCR(f,cluster=d$team,type=c); p(c,sqrt(diag(v))); if(c=="CR2") p("df",coef_test(f,v,test="Satterthwaite")$df_Satt)}
}
f <- glm(agree~age+lead+role,data=d,family=binomial,offset=hours/30,control=ctl); p("offset coef",coef(f))
b <- glm(agree~age+lead+role,data=d,family=binomial,method="brglmFit",type="AS_mean",epsilon=1e-14,maxit=1000)
p("firth",coef(b)); p("se",sqrt(diag(vcov(b))))
# separated
d$sep <- as.integer(d$lead==0 & d$role=="2"); d$y <- ifelse(d$sep==1,1L,d$agree); 
b <- glm(y~age+lead+sep,data=d,family=binomial,method="brglmFit",type="AS_mean",epsilon=1e-14,maxit=1000)
p("firth sep",coef(b)); p("se",sqrt(diag(vcov(b))))
X <- model.matrix(~age+lead+sep,d); y<-d$y
pl <- function(be){e<-as.vector(X%*%be);q<-plogis(e);sum(y*plogis(e,log=TRUE)+(1-y)*plogis(-e,log=TRUE))+0.5*as.numeric(determinant(t(X)%*%(X*q*(1-q)))$modulus)}
mx <- pl(coef(b)); p("pll",mx)
prof <- function(j,v){o<-coef(b); g<-function(r){be<-numeric(4);be[j]<-v;be[-j]<-r;-pl(be)}; s<-o[-j]; val<-Inf
 for(i in 1:6){z<-optim(s,g,method="BFGS",control=list(reltol=1e-16,maxit=1000,parscale=sqrt(diag(vcov(b)))[-j]));s<-z$par;z2<-optim(s,g,control=list(reltol=1e-16,maxit=5000));s<-z2$par}; -z2$value}
se<-sqrt(diag(vcov(b)))
for(j in 1:3){h<-function(v) prof(j,v)-mx+qchisq(.95,1)/2
 ci<-c(uniroot(h,c(coef(b)[j]-8*se[j],coef(b)[j]),tol=1e-10)$root,uniroot(h,c(coef(b)[j],coef(b)[j]+(if(j==4)40 else 8)*se[j]),tol=1e-10)$root)
 L<-2*(mx-prof(j,0)); p(paste("ci",j),c(ci,L,pchisq(L,1,lower=FALSE)))}
f <- suppressWarnings(glm(agree~age+lead+role,data=d,family=binomial("probit"),weights=weight,control=ctl))
W <- Wald_test(f,constraints=constrain_zero(4:5),vcov=vcovCR(f,cluster=d$team,type="CR2"),test="HTZ")
p("probit_weighted HTZ role",c(W$Fstat,W$df_num,W$df_denom,W$p_val))

# ordered outcomes, categories, counts
options(digits=15)
suppressMessages({library(ordinal);library(MASS);library(sandwich);library(clubSandwich);library(nnet)})
d <- read.csv("answers.csv"); d$role <- factor(d$role); d$level<-factor(d$level,ordered=TRUE); d$choice<-factor(d$choice)
p <- function(n,x){cat(n,"\n");cat(paste(format(as.numeric(x),digits=15),collapse=", "),"\n")}
ctl<-clm.control(gradTol=1e-10)
for(l in c("logit","probit","cloglog")){ f<-clm(level~age+lead+role,data=d,link=l,weights=weight,control=ctl)
 cat("==",l,"\n");p("coef",coef(f));p("se",sqrt(diag(vcov(f))));p("ll",logLik(f));
 try({p("HC0",sqrt(diag(sandwich(f))));p("CR0",sqrt(diag(vcovCL(f,cluster=d$team,cadjust=FALSE,type="HC0"))))})}
f<-clm(level~age+lead+role,data=d,control=ctl); nt<-nominal_test(f); p("LRT",nt$LRT);p("p",nt$"Pr(>Chi)");p("df",nt$Df)
g<-clm(level~1,nominal=~age+lead+role,data=d,control=ctl); p("all LR",c(2*(logLik(g)-logLik(f)),attr(logLik(g),"df")-attr(logLik(f),"df")))
h<-clm(level~age+lead,nominal=~role,data=d,control=ctl); print(coef(h)); p("coef",coef(h)); p("se",sqrt(diag(vcov(h)))); p("ll",logLik(h))
p("pred", predict(h,newdata=data.frame(age=50,lead=1,role=factor(2,levels=0:2)),type="prob")$fit)
pr<-predict(h,newdata=data.frame(age=50,lead=1,role=factor(2,levels=0:2)),type="prob",se.fit=TRUE);p("prse",pr$se.fit)
m<-multinom(choice~age+lead+role,data=d,weights=weight,Hess=TRUE,reltol=1e-16,abstol=1e-12,maxit=2000,trace=FALSE)
p("multi coef",t(coef(m)));p("se",sqrt(diag(vcov(m))));p("ll",logLik(m))
cat("== counts\n")
gc<-glm.control(epsilon=1e-300,maxit=40)
po<-glm(visits~age+lead+role,data=d,family=poisson,offset=log(hours),weights=weight,control=gc);p("coef",coef(po));p("se",sqrt(diag(vcov(po))));p("HC0",sqrt(diag(vcovHC(po,type="HC0"))))
for(c in c("CR0","CR1S","CR2")){v<-vcovCR(po,cluster=d$team,type=c);p(c,sqrt(diag(v)));if(c=="CR2")p("df",coef_test(po,v,test="Satterthwaite")$df_Satt)}
nb<-glm.nb(visits~age+lead+role+offset(log(hours)),data=d,control=glm.control(epsilon=1e-15,maxit=200));p("nb coef",coef(nb));p("se",sqrt(diag(vcov(nb))));p("theta",c(nb$theta,nb$SE.theta));p("ll",logLik(nb))
nbw<-glm.nb(visits~age+lead+role,data=d,weights=weight,control=glm.control(epsilon=1e-15,maxit=200));p("nbw coef",coef(nbw));p("se",sqrt(diag(vcov(nbw))));p("theta",c(nbw$theta,nbw$SE.theta))
p("nb HC0",sqrt(diag(vcovHC(nb,type="HC0"))));v<-vcovCR(nb,cluster=d$team,type="CR2");p("CR2",sqrt(diag(v)))
p1<-glm(visits~age+lead+role,data=d,family=poisson,control=gc); mu<-fitted(p1)
a<-((d$visits-mu)^2-d$visits)/mu; ax<-summary(lm(a~0+mu)); p("trafo2",c(coef(ax)[1],coef(ax)[3])); p("pearson",sum(residuals(p1,"pearson")^2)/df.residual(p1)); p("ll pois",logLik(p1))
nb1<-glm.nb(visits~age+lead+role,data=d,control=glm.control(epsilon=1e-15,maxit=200));p("LR",2*(logLik(nb1)-logLik(p1)))

# margins
options(digits=15)
suppressMessages({library(ordinal);library(MASS);library(clubSandwich);library(nnet);library(sandwich)})
jac<-function(f,x){if(requireNamespace("numDeriv",quietly=TRUE)) numDeriv::jacobian(f,x) else {h<-1e-4;sapply(seq_along(x),function(i){e<-numeric(length(x));e[i]<-h;(8*(f(x+e)-f(x-e))-(f(x+2*e)-f(x-2*e)))/(12*h)})}}
d<-read.csv("answers.csv");d$role<-factor(d$role);d$lv<-factor(d$level,ordered=TRUE);d$choice<-factor(d$choice)
p <- function(n,x){cat(n,"\n");cat(paste(format(as.numeric(x),digits=15),collapse=", "),"\n")}
delta<-function(n,f,b,V){J<-jac(f,b);if(is.null(dim(J)))J<-matrix(J,ncol=length(b));p(n,f(b));p("  se",sqrt(diag(J%*%V%*%t(J))))}
gc<-glm.control(epsilon=1e-300,maxit=40)
# logit with interaction and square, cluster CR1S
f<-glm(agree~age*lead+I(age^2)+role,data=d,family=binomial,control=gc)
Xf<-function(dd)model.matrix(delete.response(terms(f)),dd,xlev=f$xlevels)
V<-vcovCR(f,cluster=d$team,type="CR1S"); b<-coef(f)
D0<-function(X){M<-matrix(0,nrow(X),ncol(X),dimnames=list(NULL,colnames(X)));M[,"age"]<-1;M[,"I(age^2)"]<-2*d$age;M[,"age:lead"]<-d$lead;M}
ame<-function(b){X<-Xf(d);P<-plogis(X%*%b);mean(P*(1-P)*(D0(X)%*%b))}
delta("logit ame age CR1S",ame,b,V); delta("logit ame age classical",ame,b,vcov(f))
dif<-function(b){a<-d;a$lead<-1;z<-d;z$lead<-0;mean(plogis(Xf(a)%*%b)-plogis(Xf(z)%*%b))};delta("logit diff lead CR1S",dif,b,V)
at<-function(b){a<-d;a$lead<-1;a$age<-50;mean(plogis(Xf(a)%*%b))};delta("logit pred lead1 age50 CR1S",at,b,V)
# ordered
o<-clm(lv~age+lead+role,data=d,link="logit",control=clm.control(gradTol=1e-10)); bo<-coef(o);Xo<-model.matrix(~age+lead+role,d)[,-1]
po<-function(b,X){e<-as.vector(X%*%b[4:7]);C<-cbind(0,plogis(b[1]-e),plogis(b[2]-e),plogis(b[3]-e),1);t(apply(C,1,diff))}
ao<-function(b){e<-as.vector(Xo%*%b[4:7]);G<-cbind(0,dlogis(b[1]-e),dlogis(b[2]-e),dlogis(b[3]-e),0);colMeans(t(apply(G,1,diff)))*-b[4]}
Vo<-vcovCL(o,cluster=d$team,type="HC1")
delta("ordered ame age CR1S",ao,bo,Vo); delta("ordered ame age classical",ao,bo,vcov(o))
do<-function(b){A<-Xo;A[,"lead"]<-1;Z<-Xo;Z[,"lead"]<-0;colMeans(po(b,A)-po(b,Z))};delta("ordered diff lead CR1S",do,bo,Vo)
# multinomial
m<-multinom(choice~age+lead+role,data=d,Hess=TRUE,reltol=1e-16,abstol=1e-12,maxit=2000,trace=FALSE);bm<-as.vector(t(coef(m)));Xm<-model.matrix(~age+lead+role,d)
pm<-function(b,X){E<-cbind(1,exp(X%*%b[1:5]),exp(X%*%b[6:10]));E/rowSums(E)}
am<-function(b){P<-pm(b,Xm);B<-c(0,b[2],b[7]);colMeans(P*(matrix(B,nrow(P),3,byrow=TRUE)-as.vector(P%*%B)))}
delta("multinom ame age",am,bm,vcov(m));dm<-function(b){A<-Xm;A[,"lead"]<-1;Z<-Xm;Z[,"lead"]<-0;colMeans(pm(b,A)-pm(b,Z))};delta("multinom diff lead",dm,bm,vcov(m))
# poisson
q<-glm(visits~age+lead+role+offset(log(hours)),data=d,family=poisson,control=gc);Xq<-model.matrix(~age+lead+role,d);Vq<-vcovHC(q,type="HC0")
aq<-function(b)mean(exp(Xq%*%b+log(d$hours)))*b[2];delta("poisson ame age HC0",aq,coef(q),Vq)
dq<-function(b){A<-Xq;A[,"role1"]<-0;A[,"role2"]<-1;Z<-Xq;Z[,"role1"]<-0;Z[,"role2"]<-0;mean(exp(A%*%b+log(d$hours))-exp(Z%*%b+log(d$hours)))};delta("poisson diff role2 HC0",dq,coef(q),Vq)
nb<-glm.nb(visits~age+lead+role+offset(log(hours)),data=d,control=glm.control(epsilon=1e-15,maxit=200));mu<-fitted(nb);th<-nb$theta
p("theta SE at theta",1/sqrt(sum(-trigamma(th+d$visits)+trigamma(th)-1/th+2/(mu+th)-(d$visits+th)/(mu+th)^2)))
# CR1S of ordered by vcovCL; CR2 weighted lm

# wine: nominal tests, partial proportional odds, robust
options(digits=15)
suppressMessages({library(ordinal);library(MASS)})
w <- read.csv(commandArgs(TRUE)[1]); w$rating<-factor(w$rating,ordered=TRUE); w$temp<-factor(w$temp);w$contact<-factor(w$contact,levels=c("no","yes"))
f <- clm(rating~temp+contact,data=w)
print(unclass(nominal_test(f)))
p <- clm(rating~temp,nominal=~contact,data=w); print(coef(summary(p)));print(logLik(p)); print(coef(p)); 
q <- clm(rating~contact,nominal=~temp,data=w); print(coef(q)); print(logLik(q))
fp <- clm(rating~temp+contact,data=w,link="probit"); print(unclass(nominal_test(fp)))
suppressMessages(library(sandwich))
print(sqrt(diag(sandwich(f))));print(sqrt(diag(vcovCL(f,cluster=w$judge,cadjust=FALSE,type="HC0"))))
